import { DAY_MS } from '../time.ts';
import type { Refusal } from './check-event.ts';
import type { EnrichedEvent } from './message.ts';

/** Why an event is too old to be counted exactly, if it is. Times in ms since 1970. */
export function lateRefusal(event: EnrichedEvent, receivedAt: number, horizonDays: number): Refusal | undefined {
  const ageMs = receivedAt - event.time;
  if (ageMs <= horizonDays * DAY_MS) return undefined;
  return {
    code: 'late',
    message: `The event is ${(ageMs / DAY_MS).toFixed(1)} days old; events are counted exactly for ${horizonDays} days.`,
  };
}
