import type { EventMessage } from './message.ts';

/**
 * What became of an event:
 * - `counted`: it has its effect under this message (now, or when this message came before);
 * - `duplicate`: another message brought it, and owns its effects;
 * - `conflict`: its id is known with other content; the first stays;
 * - `late`: older than any id that is still remembered;
 * - `quota`: the ledger holds as many events as it may;
 * - `erased`: the ledger was erased after the event happened, or takes no events since.
 */
export type Outcome = 'counted' | 'duplicate' | 'conflict' | 'late' | 'quota' | 'erased';

/** A message with what its profile made of each event. */
export interface AppliedEvents {
  readonly message: EventMessage;
  readonly outcomes: readonly Outcome[];
}

/** The events that count under these messages, with the ledgers that counted them. */
export function countedEvents(applied: readonly AppliedEvents[]) {
  return applied.flatMap(({ message, outcomes }) =>
    message.events
      .filter((_, index) => outcomes[index] === 'counted')
      .map((event) => ({ ...event, ledger: message.ledger })),
  );
}
