import { waitUntil } from 'cloudflare:workers';
import { indexOf } from '../../core/events/failed-event.ts';
import type { RefusedEvent } from '../../core/events/judge-events.ts';
import { isRecord } from '../../core/json/values.ts';
import { count, type MinuteTally } from '../../core/pulse/minute.ts';
import { propertiesText, type TailLine } from '../../core/pulse/tail.ts';
import { tallyOther } from '../../core/pulse/tally-events.ts';
import {
  type RequestKind,
  type ServedDecision,
  tallyDecision,
  tallyFailedJob,
  tallyRequest,
} from '../../core/pulse/tally-operation.ts';
import { minuteOf, sendPulse } from './send-pulse.ts';

/** Events of a site that are gathered to be shown, at most: of more there is the count. */
const MAX_LINES = 5_000;

interface Gathered {
  readonly minutes: Map<number, MinuteTally>;
  readonly lines: (() => TailLine)[];
}

/** Gathers in an isolate what happens to a site, so that a burst is one call. */
class Gatherer {
  private readonly held = new Map<string, Gathered>();
  private readonly forMs: number;

  /** @param forMs how long is gathered, ms. */
  constructor(forMs: number) {
    this.forMs = forMs;
  }

  /** Adds to the minute of a time, ms since 1970; it is told later, behind the answer. */
  add(env: Env, site: string, at: number, tally: (minute: MinuteTally, lines: Gathered['lines']) => void): void {
    const held = this.held.get(site);
    const gathered = held ?? { minutes: new Map<number, MinuteTally>(), lines: [] };
    tally(minuteOf(gathered.minutes, at), gathered.lines);
    if (held) return;
    this.held.set(site, gathered);
    waitUntil(this.tell(env, site, gathered));
  }

  private async tell(env: Env, site: string, { minutes, lines }: Gathered): Promise<void> {
    await scheduler.wait(this.forMs);
    this.held.delete(site);
    await sendPulse(env, site, minutes, () => lines.map((line) => line()));
  }
}

/** Who watches wants to see what is refused at once; counts have time. */
const refusals = new Gatherer(2_000);
const operation = new Gatherer(10_000);

/** Tells the pulse, after some seconds, what was refused at the door. */
export function noteRefused(env: Env, site: string, at: number, refused: readonly RefusedEvent[]): void {
  refusals.add(env, site, at, (minute, lines) => {
    for (const { refusal, payload } of refused) {
      const { eventId: id, type } = indexOf(payload);
      tallyOther(minute, 'rejected', { id, reason: refusal.code });
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
  });
}

/** Tells it of a request that was answered. */
export function noteAnswered(env: Env, site: string, kind: RequestKind, status: number): void {
  operation.add(env, site, Date.now(), (minute) => tallyRequest(minute, kind, status));
}

/** Tells it what a slot was filled from. */
export function noteDecision(env: Env, site: string, decision: ServedDecision): void {
  operation.add(env, site, Date.now(), (minute) => tallyDecision(minute, decision));
}

/** Tells it of a job whose turn for this site failed. */
export function noteFailedJob(env: Env, site: string, job: string): void {
  operation.add(env, site, Date.now(), (minute) => tallyFailedJob(minute, job));
}

/** Tells it of a message that no delivery could bring in, which is kept. */
export function noteDeadLetter(env: Env, site: string): void {
  operation.add(env, site, Date.now(), (minute) => count(minute, 'dead_letter'));
}
