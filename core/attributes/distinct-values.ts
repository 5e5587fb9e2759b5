import { ATTRIBUTE_CAPS, minuteOf } from './limits.ts';
import { NOTHING, type Reading } from './reading.ts';
import { addSketch, addToSketch, pruneSketch, readSketch, type SlidingSketch } from './sliding-sketch.ts';

/**
 * The distinct values of a window that moves by the minute: for each value, as its hash, the minute in which it was seen last. Of
 * more than `cap` values inside the window those seen last are kept apart, and a sketch holds all of them. Whether there are more is
 * a property of the set of events, so is when the sketch comes and goes.
 */
export interface DistinctValues {
  /** Time of the newest event, ms since 1970; 0 without events. */
  newestAt: number;
  readonly values: Map<string, number>;
  /** The sketch, and the newest last minute of a value that is not among `values`; only while it lies in the window. */
  beyond: { minute: number; readonly sketch: SlidingSketch } | null;
}

/** No values. */
export function emptyValues(): DistinctValues {
  return { newestAt: 0, values: new Map(), beyond: null };
}

/** Adds a value's hash at a minute that lies inside the window, in place. */
export function addValue(
  target: DistinctValues,
  hash: string,
  minute: number,
  cap: number = ATTRIBUTE_CAPS.distinctValues,
): void {
  if (target.beyond) addToSketch(target.beyond.sketch, hash, minute);
  const known = target.values.get(hash);
  if (known !== undefined && known >= minute) return;
  target.values.set(hash, minute);
  keepNewest(target, cap);
}

/** Forgets what has left a window of so many minutes before the newest event, in place. */
export function pruneValues(target: DistinctValues, windowMinutes: number): void {
  const from = minuteOf(target.newestAt) - windowMinutes;
  for (const [hash, minute] of target.values) if (minute <= from) target.values.delete(hash);
  if (!target.beyond) return;
  if (target.beyond.minute <= from) target.beyond = null;
  else pruneSketch(target.beyond.sketch, from);
}

/** The values of two sets of events as those of their union. */
export function mergeValues(
  a: DistinctValues,
  b: DistinctValues,
  cap: number = ATTRIBUTE_CAPS.distinctValues,
): DistinctValues {
  const merged: DistinctValues = {
    newestAt: Math.max(a.newestAt, b.newestAt),
    values: new Map(a.values),
    beyond: null,
  };
  for (const [hash, minute] of b.values) merged.values.set(hash, Math.max(minute, merged.values.get(hash) ?? minute));
  const minute = Math.max(a.beyond?.minute ?? -1, b.beyond?.minute ?? -1);
  if (minute >= 0) {
    const sketch = sketchOf(merged.values);
    for (const { beyond } of [a, b]) if (beyond) addSketch(sketch, beyond.sketch);
    merged.beyond = { minute, sketch };
  }
  keepNewest(merged, cap);
  return merged;
}

/** The number of distinct values in the window that ends with `atMinute`, inclusive. */
export function readValues(target: DistinctValues, windowMinutes: number, atMinute: number): Reading {
  const from = atMinute - windowMinutes;
  const inside = [...target.values.values()].filter((minute) => minute > from);
  if (inside.length === 0) return NOTHING;
  const oldest = inside.reduce((least, minute) => Math.min(least, minute));
  const { beyond } = target;
  if (!beyond || beyond.minute <= from) {
    return { value: BigInt(inside.length), exact: true, changesAtMinute: oldest + windowMinutes };
  }
  const minutes = [...beyond.sketch.values()].flatMap((entries) => entries.map(([minute]) => minute));
  const first = minutes.filter((minute) => minute > from).reduce((least, m) => Math.min(least, m), beyond.minute);
  const estimate = Math.max(inside.length + 1, Math.round(readSketch(beyond.sketch, from)));
  return { value: BigInt(estimate), exact: false, changesAtMinute: Math.min(first, oldest) + windowMinutes };
}

/** The kept values are the newest by (last minute, hash): one that left can only return with a newer minute. */
function keepNewest(target: DistinctValues, cap: number): void {
  if (target.values.size <= cap) return;
  const oldestFirst = [...target.values].sort(([a, at], [b, bt]) => at - bt || (a < b ? -1 : 1));
  const leaving = oldestFirst.slice(0, target.values.size - cap);
  const newestLeaving = leaving.at(-1)?.[1] ?? 0;
  if (target.beyond) target.beyond.minute = Math.max(target.beyond.minute, newestLeaving);
  else target.beyond = { minute: newestLeaving, sketch: sketchOf(target.values) };
  for (const [hash] of leaving) target.values.delete(hash);
}

function sketchOf(values: ReadonlyMap<string, number>): SlidingSketch {
  const sketch: SlidingSketch = new Map();
  for (const [hash, minute] of values) addToSketch(sketch, hash, minute);
  return sketch;
}
