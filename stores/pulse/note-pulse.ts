import { waitUntil } from 'cloudflare:workers';
import type { OddEvent } from '../../core/anomalies/shape-model.ts';
import type { AppliedEvents, Outcome } from '../../core/events/applied-events.ts';
import type { EnrichedEvent, EventMessage } from '../../core/events/message.ts';
import { ledgerId } from '../../core/identity/ledger.ts';
import type { MinuteTally } from '../../core/pulse/minute.ts';
import { propertiesText, type TailLine } from '../../core/pulse/tail.ts';
import { tallyEvent, tallyOther } from '../../core/pulse/tally-events.ts';
import { type DelayStage, tallyDelay } from '../../core/pulse/tally-operation.ts';
import { minuteOf, sendPulse } from './send-pulse.ts';
import { oddOf } from './shape-models.ts';

const OTHERS: Readonly<Partial<Record<Outcome, 'duplicate' | 'conflicting' | 'late' | 'failed'>>> = {
  duplicate: 'duplicate',
  conflict: 'conflicting',
  late: 'late',
  quota: 'failed',
};

/** Odd events of a batch that are told of; of more there is the count. */
const MAX_ODD = 20;

/** When a batch of the consumer reached each stage, ms since 1970. */
export type BatchTimes = Readonly<Record<DelayStage, number>>;

/** Tells the pulse of a site what became of events, and how long they took, behind everything else: one call. What it does not hear it does not count. */
export function notePulse(env: Env, site: string, applied: readonly AppliedEvents[], times: BatchTimes): void {
  if (applied.length === 0) return;
  const minutes = new Map<number, MinuteTally>();
  const odd: OddEvent[] = [];
  for (const { message, outcomes } of applied) {
    const tally = minuteOf(minutes, message.receivedAt);
    const done = minuteOf(minutes, times.recorded);
    for (const [stage, at] of Object.entries(times) as [DelayStage, number][])
      tallyDelay(done, stage, at - message.receivedAt, message.events.length);
    for (const [index, event] of message.events.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'counted') {
        const { receivedAt, client } = message;
        const together = message.events.length;
        const features = client.bot ? undefined : oddOf(site, event, together);
        tallyEvent(tally, { ...event, receivedAt, client, together, isOdd: features !== undefined });
        if (features) odd.push({ id: event.id, type: event.type, at: receivedAt, features });
      } else if (outcome && OTHERS[outcome]) tallyOther(tally, OTHERS[outcome], { id: event.id });
    }
  }
  const lines = () =>
    applied.flatMap(({ message, outcomes }) =>
      message.events.flatMap((event, index) => appliedLine(message, event, outcomes[index]) ?? []),
    );
  waitUntil(sendPulse(env, site, minutes, lines, odd.slice(0, MAX_ODD)));
}

function appliedLine(
  { ledger, receivedAt, client }: EventMessage,
  { id, type, userId, properties }: EnrichedEvent,
  outcome: Outcome | undefined,
): TailLine | undefined {
  const became = outcome === 'counted' ? 'accepted' : outcome && OTHERS[outcome];
  if (!became) return undefined;
  const anonymousId = ledger.startsWith('a/') ? ledgerId(ledger) : undefined;
  const { device, browser } = client;
  return {
    at: receivedAt,
    outcome: became,
    type,
    id,
    anonymousId,
    userId,
    device,
    browser,
    properties: propertiesText(properties),
  };
}
