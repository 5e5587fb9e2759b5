import { estimateCardinality } from './estimate.ts';
import { MAX_RANK, registerOf } from './value-hash.ts';

/**
 * A HyperLogLog over a sliding window: each register keeps those (minute, rank) that no newer one of the same or a higher rank
 * outdoes, newest first, so that its maximum over any last minutes can be read (Y. Chabchoub and G. Hébrail, "Sliding HyperLogLog",
 * 2010). What is kept depends on the set of what was added alone, so sketches merge exactly. At most `MAX_RANK` entries a register.
 */
export type SlidingSketch = Map<number, [minute: number, rank: number][]>;

/** Adds a value's hash at a minute, in place. */
export function addToSketch(sketch: SlidingSketch, hash: string, minute: number): void {
  const { register, rank } = registerOf(hash);
  addEntry(sketch, register, minute, rank);
}

/** Adds what another sketch holds, in place. */
export function addSketch(sketch: SlidingSketch, other: SlidingSketch): void {
  for (const [register, entries] of other) {
    for (const [minute, rank] of entries) addEntry(sketch, register, minute, rank);
  }
}

/** Forgets what is not newer than a minute, in place. */
export function pruneSketch(sketch: SlidingSketch, upToMinute: number): void {
  for (const [register, entries] of sketch) {
    const kept = entries.filter(([minute]) => minute > upToMinute);
    if (kept.length === 0) sketch.delete(register);
    else if (kept.length < entries.length) sketch.set(register, kept);
  }
}

/** An estimate of the distinct values after a minute; the standard error is 6.5%. */
export function readSketch(sketch: SlidingSketch, afterMinute: number): number {
  const histogram = new Array<number>(MAX_RANK + 1).fill(0);
  for (let register = 0; register < 256; register += 1) {
    const largest = sketch.get(register)?.findLast(([minute]) => minute > afterMinute)?.[1] ?? 0;
    histogram[largest] = (histogram[largest] ?? 0) + 1;
  }
  return estimateCardinality(histogram);
}

function addEntry(sketch: SlidingSketch, register: number, minute: number, rank: number): void {
  const entries = sketch.get(register) ?? [];
  if (entries.some(([otherMinute, otherRank]) => otherMinute >= minute && otherRank >= rank)) return;
  const kept = entries.filter(([otherMinute, otherRank]) => otherMinute > minute || otherRank > rank);
  kept.push([minute, rank]);
  sketch.set(
    register,
    kept.sort(([a], [b]) => b - a),
  );
}
