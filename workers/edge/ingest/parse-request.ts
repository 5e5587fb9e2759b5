import { checkBounded } from '../../../core/events/check-bounded.ts';
import type { Candidate, RefusedEvent } from '../../../core/events/judge-events.ts';
import { UnreadableEvent } from '../../../core/events/unreadable-event.ts';
import type { WireBatch } from '../../../core/events/wire-event.ts';
import type { EventBatch } from '../../../queues/events/take-events.ts';
import { HttpError } from '../../http/error.ts';
import { MAX_EVENTS, MAX_WARNINGS } from './limits.ts';
import { type AvroOf, readBatch } from './read-batch.ts';

/** A field of an event that was left out, or read as something else than was sent. */
interface EventWarning {
  readonly index: number;
  readonly id: string;
  readonly message: string;
}

/** The events of a request, and whose page sent them. */
export interface ParsedRequest extends EventBatch {
  readonly warnings: readonly EventWarning[];
  /** Events that the page gave up before, since the server did not take them. */
  readonly dropped: number | undefined;
  readonly visitor: { readonly anonymousId: string | undefined; readonly visitorToken: string | undefined };
}

/** Reads and checks the body of `POST /v/events`. Throws 400, 413 or 415 when the request as a whole cannot be read. */
export async function parseRequest(request: Request, now: number, avroOf: AvroOf): Promise<ParsedRequest> {
  const { batch, bytes } = await readBatch(request, new Date(now).toISOString(), avroOf);
  return checkBatch(batch, bytes);
}

/** Checks each event of a batch by itself; `bytes`: of the text that it came as. */
export function checkBatch(batch: WireBatch, bytes: number): ParsedRequest {
  const { events, sentAt, visitorToken, dropped } = batch;
  if (events.length > MAX_EVENTS) {
    throw new HttpError(413, `${events.length} events in one request; send at most ${MAX_EVENTS}.`, {
      code: 'too_many_events',
    });
  }
  const candidates: Candidate[] = [];
  const refused: RefusedEvent[] = [];
  const warnings: EventWarning[] = [];
  for (const [index, payload] of events.entries()) {
    const checked = checkBounded(payload, bytes);
    if (checked.ok) {
      candidates.push({ index, event: checked.event });
      for (const message of checked.warnings) warnings.push({ index, id: checked.event.id, message });
    } else {
      const came = payload instanceof UnreadableEvent ? payload.payload : payload;
      refused.push({ index, refusal: checked.refusal, payload: came });
    }
  }
  const last = candidates.findLast(({ event }) => event.anonymousId !== undefined)?.event.anonymousId;
  return {
    bytes,
    sentAtMs: sentAt === undefined ? undefined : Date.parse(sentAt),
    candidates,
    refused,
    warnings: warnings.slice(0, MAX_WARNINGS),
    dropped,
    visitor: { anonymousId: batch.anonymousId ?? last, visitorToken },
  };
}
