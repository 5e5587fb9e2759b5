import { type CheckedEvent, checkEvent } from './check-event.ts';
import { MAX_NESTING, nestsDeeper } from './nesting.ts';
import { isSmallBody, utf8Bytes } from './pack.ts';
import { UnreadableEvent } from './unreadable-event.ts';

/** Bytes of one event, as JSON in UTF-8. */
const MAX_EVENT_BYTES = 32 * 1024;

/**
 * Checks an event, but refuses what is too deep or too large before anything recursive looks at it; in a small body nothing can be too large.
 *
 * @param bodyBytes of the body that it came in; infinite where it is to be measured.
 */
export function checkBounded(payload: unknown, bodyBytes: number): CheckedEvent {
  if (payload instanceof UnreadableEvent)
    return { ok: false, refusal: { code: 'invalid_envelope', message: payload.message } };
  if (nestsDeeper(payload, MAX_NESTING)) {
    const message = `The event nests deeper than ${MAX_NESTING} levels. Send it flatter.`;
    return { ok: false, refusal: { code: 'too_deep', message } };
  }
  if (isSmallBody(bodyBytes)) return checkEvent(payload);
  const bytes = utf8Bytes(JSON.stringify(payload) ?? '');
  if (bytes <= MAX_EVENT_BYTES) return checkEvent(payload);
  const message = `The event has ${bytes} bytes; at most ${MAX_EVENT_BYTES} are taken.`;
  return { ok: false, refusal: { code: 'too_large', message } };
}
