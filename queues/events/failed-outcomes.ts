import type { Outcome } from '../../core/events/applied-events.ts';
import type { FailedEvent } from '../../core/events/failed-event.ts';
import type { EventMessage } from '../../core/events/message.ts';

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
    const byServer = event.vouched;
    return reason && text ? [{ reason, message: text, payload: { ...event, ledger: message.ledger }, byServer }] : [];
  });
}
