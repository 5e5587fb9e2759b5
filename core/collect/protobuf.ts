import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type Timestamp, timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { EventBatchSchema, type Event as ProtoEvent } from './events_pb.ts';

/** A batch as its JSON form has it. */
interface JsonBatch {
  readonly sentAt?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly visitorToken?: string | undefined;
  readonly events: readonly unknown[];
}

/**
 * The batch of a `vitrine.v1.EventBatch` (proto/vitrine/v1/events.proto), its events to be checked as those of JSON.
 *
 * @throws Error where the bytes are none.
 */
export function readProtobuf(bytes: Uint8Array): JsonBatch {
  const batch = fromBinary(EventBatchSchema, bytes, { readUnknownFields: false });
  return {
    sentAt: timeOf(batch.sentAt),
    anonymousId: batch.anonymousId || undefined,
    visitorToken: batch.visitorToken || undefined,
    events: batch.events.map(eventOf),
  };
}

function eventOf({ id, type, occurredAt, anonymousId, userId, proof, properties, context }: ProtoEvent): unknown {
  return {
    id,
    type,
    occurredAt: timeOf(occurredAt),
    ...(anonymousId && { anonymousId }),
    ...(userId && { userId }),
    ...(proof && { proof }),
    ...(properties && { properties }),
    ...(context && { context }),
  };
}

/** A time as ISO 8601; nothing where there is none, or no calendar has it. */
function timeOf(time: Timestamp | undefined): string | undefined {
  if (!time) return undefined;
  const date = new Date(timestampMs(time));
  return Number.isFinite(date.getTime()) ? date.toISOString() : undefined;
}

/** Writes a batch of JSON as a `vitrine.v1.EventBatch`. */
export function writeProtobuf(batch: {
  readonly sentAt?: string;
  readonly events: readonly {
    readonly id: string;
    readonly type: string;
    readonly occurredAt: string;
    readonly anonymousId?: string | undefined;
    readonly userId?: string | undefined;
    readonly properties?: unknown;
    readonly context?: unknown;
  }[];
}): Uint8Array {
  return toBinary(EventBatchSchema, {
    $typeName: 'vitrine.v1.EventBatch',
    anonymousId: '',
    visitorToken: '',
    ...(batch.sentAt !== undefined && { sentAt: timestampFromMs(Date.parse(batch.sentAt)) }),
    events: batch.events.map((event) => ({
      $typeName: 'vitrine.v1.Event' as const,
      id: event.id,
      type: event.type,
      occurredAt: timestampFromMs(Date.parse(event.occurredAt)),
      anonymousId: event.anonymousId ?? '',
      userId: event.userId ?? '',
      proof: '',
      ...(event.properties !== undefined && { properties: event.properties as ProtoEvent['properties'] & object }),
      ...(event.context !== undefined && { context: event.context as ProtoEvent['context'] & object }),
    })),
  });
}
