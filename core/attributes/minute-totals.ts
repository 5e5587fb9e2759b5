import { ATTRIBUTE_CAPS, MINUTES_PER_HOUR, minuteOf } from './limits.ts';
import { NOTHING, type Reading } from './reading.ts';

/**
 * Integer totals by event-time minute. A window whose edge moves minute by minute needs each minute for as long as it is inside,
 * and a shopper has few minutes with events: so minutes are kept sparsely. Beyond the cap the newest minutes stay apart and the rest
 * is kept by the hour, exactly but with a coarser edge. Which minutes those are depends on the set of events alone:
 * an hour lives until its last minute has left the window, and of the minutes of living hours the newest `cap` stay.
 */
export interface MinuteTotals {
  /** Time of the newest event, ms since 1970; 0 without events. */
  newestAt: number;
  readonly minutes: Map<number, bigint>;
  readonly hours: Map<number, bigint>;
}

/** Totals without events. */
export function emptyTotals(): MinuteTotals {
  return { newestAt: 0, minutes: new Map(), hours: new Map() };
}

/** Adds an amount at a minute, in place. The caller has brought `newestAt` up to date. */
export function addTotal(
  totals: MinuteTotals,
  minute: number,
  amount: bigint,
  cap: number = ATTRIBUTE_CAPS.minutes,
): void {
  totals.minutes.set(minute, (totals.minutes.get(minute) ?? 0n) + amount);
  if (totals.minutes.size > cap) moveOldestToHours(totals, cap);
}

/** Forgets the hours that have left a window of so many minutes before the newest event, in place. */
export function pruneTotals(totals: MinuteTotals, windowMinutes: number): void {
  const from = minuteOf(totals.newestAt) - windowMinutes;
  const gone = (hour: number) => lastMinuteOf(hour) <= from;
  for (const minute of totals.minutes.keys()) if (gone(hourOf(minute))) totals.minutes.delete(minute);
  for (const hour of totals.hours.keys()) if (gone(hour)) totals.hours.delete(hour);
}

/** The totals of two disjoint sets of events as those of their union. */
export function mergeTotals(a: MinuteTotals, b: MinuteTotals, cap: number = ATTRIBUTE_CAPS.minutes): MinuteTotals {
  const merged: MinuteTotals = {
    newestAt: Math.max(a.newestAt, b.newestAt),
    minutes: new Map(a.minutes),
    hours: new Map(a.hours),
  };
  for (const [minute, total] of b.minutes) merged.minutes.set(minute, (merged.minutes.get(minute) ?? 0n) + total);
  for (const [hour, total] of b.hours) merged.hours.set(hour, (merged.hours.get(hour) ?? 0n) + total);
  moveOldestToHours(merged, cap);
  return merged;
}

/** The total of the window that ends with `atMinute`, inclusive; an hour counts until its last minute has left. */
export function readTotals(
  totals: MinuteTotals,
  windowMinutes: number,
  atMinute: number,
): Omit<Reading, 'value'> & { total: bigint | undefined } {
  const from = atMinute - windowMinutes;
  let total: bigint | undefined;
  let exact = true;
  let oldest = Number.POSITIVE_INFINITY;
  for (const [minute, amount] of totals.minutes) {
    if (minute <= from) continue;
    total = (total ?? 0n) + amount;
    oldest = Math.min(oldest, minute);
  }
  for (const [hour, amount] of totals.hours) {
    if (lastMinuteOf(hour) <= from) continue;
    total = (total ?? 0n) + amount;
    oldest = Math.min(oldest, lastMinuteOf(hour));
    if (hour * MINUTES_PER_HOUR <= from) exact = false;
  }
  if (total === undefined) return { ...NOTHING, total };
  return { total, exact, changesAtMinute: oldest + windowMinutes };
}

function moveOldestToHours({ minutes, hours }: MinuteTotals, cap: number): void {
  const excess = minutes.size - cap;
  if (excess <= 0) return;
  const oldest = [...minutes.keys()].sort((a, b) => a - b).slice(0, excess);
  for (const minute of oldest) {
    const hour = hourOf(minute);
    hours.set(hour, (hours.get(hour) ?? 0n) + (minutes.get(minute) ?? 0n));
    minutes.delete(minute);
  }
}

function hourOf(minute: number): number {
  return Math.floor(minute / MINUTES_PER_HOUR);
}

function lastMinuteOf(hour: number): number {
  return hour * MINUTES_PER_HOUR + MINUTES_PER_HOUR - 1;
}
