import { waitUntil } from 'cloudflare:workers';
import type { AppliedEvents, Outcome } from '../../core/events/applied-events.ts';
import { indexOf } from '../../core/events/failed-event.ts';
import type { RefusedEvent } from '../../core/events/judge-events.ts';
import type { EnrichedEvent, EventMessage } from '../../core/events/message.ts';
import { ledgerId } from '../../core/identity/ledger.ts';
import { isRecord } from '../../core/json/values.ts';
import { emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';
import { propertiesText, type TailLine } from '../../core/pulse/tail.ts';
import { tallyEvent, tallyOther } from '../../core/pulse/tally-events.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { log } from '../log.ts';
import { pulseStub } from './pulse-stub.ts';

/** How long what was refused is gathered in an isolate, so that a burst is one call. */
const GATHER_MS = 2_000;

const OTHERS: Readonly<Partial<Record<Outcome, 'duplicate' | 'conflicting' | 'late' | 'failed'>>> = {
  duplicate: 'duplicate',
  conflict: 'conflicting',
  late: 'late',
  quota: 'failed',
};

/** Tells the pulse of a site what became of events, behind everything else: one call. What it does not hear it does not count. */
export function notePulse(env: Env, site: string, applied: readonly AppliedEvents[]): void {
  if (applied.length === 0) return;
  const minutes = new Map<number, MinuteTally>();
  for (const { message, outcomes } of applied) {
    const tally = minuteOf(minutes, message.receivedAt);
    for (const [index, event] of message.events.entries()) {
      const outcome = outcomes[index];
      if (outcome === 'counted')
        tallyEvent(tally, { ...event, receivedAt: message.receivedAt, client: message.client });
      else if (outcome && OTHERS[outcome]) tallyOther(tally, OTHERS[outcome], { id: event.id });
    }
  }
  waitUntil(
    send(env, site, minutes, () =>
      applied.flatMap(({ message, outcomes }) =>
        message.events.flatMap((event, index) => appliedLine(message, event, outcomes[index]) ?? []),
      ),
    ),
  );
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

/** Refused events of a site that are gathered to be shown, at most: of more there is the count. */
const MAX_LINES = 5_000;

interface Gathered {
  readonly minutes: Map<number, MinuteTally>;
  readonly lines: (() => TailLine)[];
}
const gathered = new Map<string, Gathered>();

/** Tells it, after some seconds, what was refused at the door. */
export function noteRefused(env: Env, site: string, at: number, refused: readonly RefusedEvent[]): void {
  const held = gathered.get(site);
  const { minutes, lines } = held ?? { minutes: new Map<number, MinuteTally>(), lines: [] };
  if (!held) gathered.set(site, { minutes, lines });
  const tally = minuteOf(minutes, at);
  for (const { refusal, payload } of refused) {
    const { eventId: id, type } = indexOf(payload);
    tallyOther(tally, 'rejected', { id, reason: refusal.code });
    // Written only if somebody watches.
    if (lines.length < MAX_LINES)
      lines.push(() => ({
        at,
        outcome: 'rejected',
        reason: `${refusal.code}: ${refusal.message}`,
        type: type ?? null,
        id: id ?? null,
        properties: propertiesText(isRecord(payload) ? payload.properties : payload),
      }));
  }
  if (held) return;
  const flush = async () => {
    await scheduler.wait(GATHER_MS);
    gathered.delete(site);
    await send(env, site, minutes, () => lines.map((line) => line()));
  };
  waitUntil(flush());
}

function minuteOf(minutes: Map<number, MinuteTally>, time: number): MinuteTally {
  const minute = Math.floor(time / MINUTE_MS);
  const held = minutes.get(minute) ?? emptyMinute();
  minutes.set(minute, held);
  return held;
}

async function send(
  env: Env,
  site: string,
  minutes: ReadonlyMap<number, MinuteTally>,
  lines: () => readonly TailLine[],
): Promise<void> {
  try {
    const pulse = pulseStub(env, site);
    const { tails } = await pulse.add({ v: 1, site, minutes: [...minutes] });
    if (tails > 0) await pulse.show({ v: 1, lines: lines() });
  } catch (error) {
    log('pulse_not_told', { site, error: String(error) });
  }
}
