import { waitUntil } from 'cloudflare:workers';
import type { AppliedEvents, Outcome } from '../../core/events/applied-events.ts';
import { emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';
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
  waitUntil(send(env, site, minutes));
}

const gathered = new Map<string, Map<number, MinuteTally>>();

/** Tells it, after some seconds, what was refused at the door. */
export function noteRefused(
  env: Env,
  site: string,
  time: number,
  refused: readonly { readonly id: string | undefined; readonly reason: string }[],
): void {
  const isFirst = !gathered.has(site);
  const minutes = gathered.get(site) ?? new Map<number, MinuteTally>();
  gathered.set(site, minutes);
  for (const one of refused) tallyOther(minuteOf(minutes, time), 'rejected', one);
  if (!isFirst) return;
  const flush = async () => {
    await scheduler.wait(GATHER_MS);
    gathered.delete(site);
    await send(env, site, minutes);
  };
  waitUntil(flush());
}

function minuteOf(minutes: Map<number, MinuteTally>, time: number): MinuteTally {
  const minute = Math.floor(time / MINUTE_MS);
  const held = minutes.get(minute) ?? emptyMinute();
  minutes.set(minute, held);
  return held;
}

async function send(env: Env, site: string, minutes: ReadonlyMap<number, MinuteTally>): Promise<void> {
  try {
    await pulseStub(env, site).add({ v: 1, site, minutes: [...minutes] });
  } catch (error) {
    log('pulse_not_told', { site, error: String(error) });
  }
}
