import type { Refusal } from '../../core/events/check-event.ts';
import type { EnrichedEvent } from '../../core/events/message.ts';
import { DAY_MS } from '../../core/profile/limits.ts';

/** Why an event is too old to be counted exactly, if it is. Times in ms since 1970. */
export function lateRefusal(event: EnrichedEvent, receivedAt: number, horizonDays: number): Refusal | undefined {
  const ageMs = receivedAt - event.time;
  if (ageMs <= horizonDays * DAY_MS) return undefined;
  return {
    code: 'late',
    message: `The event is ${(ageMs / DAY_MS).toFixed(1)} days old; events are counted exactly for ${horizonDays} days.`,
  };
}
