import type { Tier } from '../decisions/tier.ts';
import { count, type MinuteTally } from './minute.ts';

/** What a request was for: to take events, to read what is shown, or all else. */
export const REQUEST_KINDS = ['accept', 'read', 'api'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** The way of an event, from when it came: taken up by the consumer, counted by its profile, written to the lake. */
export const DELAY_STAGES = ['queued', 'applied', 'recorded'] as const;
export type DelayStage = (typeof DELAY_STAGES)[number];

/** Upper bounds of what is measured, ms; what took longer has none. */
export const READ_BOUNDS_MS = [5, 10, 25, 50, 100, 250, 400, 1_000] as const;
export const DELAY_BOUNDS_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000] as const;

/** A decision as the pulse looks at it: what a slot was filled from, why from there, and how long it took. */
export interface ServedDecision {
  readonly slot: string;
  readonly tier: Tier;
  readonly reason: string;
  readonly ms: number;
}

/** Adds a request that was answered. */
export function tallyRequest(minute: MinuteTally, kind: RequestKind, status: number): void {
  count(minute, `request|${kind}|${Math.floor(status / 100)}xx`);
}

/** Adds a decision: its slot and tier, its reason, and whether something failed on the way. */
export function tallyDecision(minute: MinuteTally, { slot, tier, reason, ms }: ServedDecision): void {
  count(minute, `decision|${slot}|${tier}`);
  count(minute, `why|${reason}`);
  count(minute, `read|${isDegraded(reason) ? 'degraded' : 'whole'}`);
  count(minute, `took|${boundOf(READ_BOUNDS_MS, ms)}`);
  count(minute, 'took_ms', ms);
}

/** Adds how long so many events were under way to a stage. */
export function tallyDelay(minute: MinuteTally, stage: DelayStage, ms: number, events: number): void {
  const late = Math.max(0, ms);
  count(minute, `delay|${stage}|${boundOf(DELAY_BOUNDS_MS, late)}`, events);
  count(minute, `delay_ms|${stage}`, events * late);
}

/** Adds a turn of a job that failed for this site. */
export function tallyFailedJob(minute: MinuteTally, job: string): void {
  count(minute, `job_failed|${job}`);
}

/** Whether a reason says that something was late or away, and not that there is nothing to know. */
export function isDegraded(reason: string): boolean {
  return /_(?:deadline|error|unavailable)(?:_by_content)?$/.test(reason);
}

/** The least bound that holds a value, in ms, or `inf`. */
function boundOf(bounds: readonly number[], value: number): string {
  return `${bounds.find((bound) => value <= bound) ?? 'inf'}`;
}
