import { avroEvents, avroJsonEvents, schemaIdOf } from '../../../core/collect/avro-batch.ts';
import { binaryCloudEvent, fromCloudEvent } from '../../../core/collect/cloud-events.ts';
import { readProtobuf } from '../../../core/collect/protobuf.ts';
import { type WireBatch, wireBatchSchema } from '../../../core/events/wire-event.ts';
import { AvroError } from '../../../core/schemas/avro/bytes.ts';
import type { AvroType } from '../../../core/schemas/avro/type.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedBytes, readBoundedText } from '../../http/read-body.ts';
import { MAX_BODY_BYTES, MEASURED_BYTES } from './limits.ts';

/** A batch as it came, its events unchecked, and the bytes of its body, or `MEASURED_BYTES`. */
export interface ReadBatch {
  readonly batch: WireBatch;
  readonly bytes: number;
}

/** The Avro schema with an id of the site; null where there is none. */
export type AvroOf = (id: number) => Promise<AvroType | null>;

/**
 * Reads the body of `POST /v/events` by its content type: JSON, a CloudEvent (structured, binary or batched), protobuf, or Avro.
 *
 * @param now the time of CloudEvents that have none, ISO 8601.
 * @throws HttpError 400, 413 or 415 when it cannot be read as a whole.
 */
export async function readBatch(request: Request, now: string, avroOf: AvroOf): Promise<ReadBatch> {
  const { headers } = request;
  const mediaType = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  switch (mediaType) {
    case 'application/json':
    case 'text/plain':
      return headers.has('ce-specversion') ? readBinaryCloudEvent(request, now) : readJsonBatch(request);
    case 'application/cloudevents+json':
      return readCloudEvents(request, now, (body) => [body]);
    case 'application/cloudevents-batch+json':
      return readCloudEvents(request, now, listOf);
    case 'application/x-protobuf':
    case 'application/protobuf':
      return readProtobufBatch(request);
    case 'avro/binary':
    case 'avro/json':
      return readAvroBatch(request, avroOf, mediaType === 'avro/json');
    default:
      if (mediaType === '' && headers.has('ce-specversion')) return readBinaryCloudEvent(request, now);
      throw new HttpError(
        415,
        `Content-Type "${mediaType}" is not understood. Send application/json, text/plain, application/cloudevents+json, application/cloudevents-batch+json, application/x-protobuf, avro/binary or avro/json.`,
        { code: 'media_type_unsupported' },
      );
  }
}

async function readJsonBatch(request: Request): Promise<ReadBatch> {
  const body = await readBoundedText(request, MAX_BODY_BYTES);
  return { batch: checked(parseJson(body.text)), bytes: body.bytes };
}

async function readCloudEvents(
  request: Request,
  now: string,
  eventsOf: (body: unknown) => readonly unknown[],
): Promise<ReadBatch> {
  const body = await readBoundedText(request, MAX_BODY_BYTES);
  const events = eventsOf(parseJson(body.text)).map((event) => fromCloudEvent(event, now));
  return { batch: checked({ events }), bytes: MEASURED_BYTES };
}

async function readBinaryCloudEvent(request: Request, now: string): Promise<ReadBatch> {
  const body = await readBoundedText(request, MAX_BODY_BYTES);
  const event = binaryCloudEvent(request.headers, body.text === '' ? undefined : parseJson(body.text));
  return { batch: checked({ events: [fromCloudEvent(event, now)] }), bytes: MEASURED_BYTES };
}

async function readProtobufBatch(request: Request): Promise<ReadBatch> {
  const body = await readBoundedBytes(request, MAX_BODY_BYTES);
  try {
    return { batch: checked(readProtobuf(body)), bytes: MEASURED_BYTES };
  } catch (cause) {
    if (cause instanceof HttpError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HttpError(400, `The body is no vitrine.v1.EventBatch (proto/vitrine/v1/events.proto): ${why}.`, {
      code: 'invalid_body',
      cause,
    });
  }
}

/** Confluent's wire format, or Avro's JSON encoding by the schema that the content type names: `avro/json; schema=12`. */
async function readAvroBatch(request: Request, avroOf: AvroOf, isJson: boolean): Promise<ReadBatch> {
  const named = /;\s*schema="?(\d{1,9})"?/i.exec(request.headers.get('content-type') ?? '')?.[1];
  const body = isJson
    ? { json: parseJson((await readBoundedText(request, MAX_BODY_BYTES)).text), id: named && Number(named) }
    : await readBoundedBytes(request, MAX_BODY_BYTES).then((bytes) => ({ bytes, id: schemaIdOf(bytes) }));
  const { id } = body;
  const type = id === undefined || id === '' ? null : await avroOf(id);
  if (type === null) {
    const what =
      id !== undefined
        ? `names schema ${id}, and there is no Avro schema with this id`
        : isJson
          ? 'has a Content-Type without its schema, e.g. avro/json; schema=12'
          : 'does not begin with 0 and the four bytes of a schema’s id';
    const right = isJson ? 'Send Avro’s JSON encoding' : 'Send Confluent’s wire format';
    throw new HttpError(400, `The body ${what}. ${right}, with a schema of /registry.`, { code: 'invalid_body' });
  }
  try {
    const events = 'bytes' in body ? avroEvents(type, body.bytes) : avroJsonEvents(type, body.json);
    return { batch: checked({ events }), bytes: MEASURED_BYTES };
  } catch (cause) {
    if (!(cause instanceof AvroError)) throw cause;
    throw new HttpError(400, `The body is not what schema ${id} says: ${cause.message}.`, {
      code: 'invalid_body',
      cause,
    });
  }
}

function listOf(body: unknown): readonly unknown[] {
  if (Array.isArray(body)) return body;
  throw new HttpError(400, 'Expected a JSON array of CloudEvents.', { code: 'invalid_body' });
}

function checked(body: unknown): WireBatch {
  const batch = wireBatchSchema.safeParse(body);
  if (batch.success) return batch.data;
  const [issue] = batch.error.issues;
  throw new HttpError(
    400,
    `${issue?.path.join('.') || 'body'}: ${issue?.message}. Expected { "sentAt"?, "events": [ … ] }.`,
    { code: 'invalid_body' },
  );
}
