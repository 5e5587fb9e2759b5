import type { EventMessage } from '../../core/events/message.ts';
import type { Outcome } from '../../core/profile/apply-messages.ts';
import type { FailedEvent } from '../../workers/failed-events/store-failed.ts';

const MESSAGES: Partial<Record<Outcome, string>> = {
  conflict: 'Another event with this id and other content was counted first.',
  late: 'The event is older than any id that is still remembered, so it cannot be counted exactly.',
  quota: 'The profile holds as many events as it may inside the dedup horizon.',
};

/** The events of a message that the profile refused, to be kept as failed. */
export function failedOutcomes(message: EventMessage, outcomes: readonly Outcome[]): FailedEvent[] {
  return message.events.flatMap((event, index) => {
    const reason = outcomes[index];
    const text = reason && MESSAGES[reason];
    return reason && text
      ? [
          {
            reason,
            message: text,
            type: event.type,
            eventId: event.id,
            ledger: message.ledger,
            payload: { ...event, ledger: message.ledger },
          },
        ]
      : [];
  });
}
