import { MAX_RANK, REGISTERS } from './value-hash.ts';

/**
 * How many values HyperLogLog registers have seen, by Ertl's improved estimator, which needs no bias correction at either end of its
 * range (O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6).
 *
 * @param histogram how many registers have each rank, 0 (empty) to the highest.
 * @param registers of how many the sketch is, and how high a rank can be.
 */
export function estimateCardinality(
  histogram: readonly number[],
  { registers, maxRank }: { readonly registers: number; readonly maxRank: number } = SKETCH,
): number {
  const at = (rank: number) => histogram[rank] ?? 0;
  let z = registers * tau(1 - at(maxRank) / registers);
  for (let rank = maxRank - 1; rank >= 1; rank -= 1) z = 0.5 * (z + at(rank));
  z += registers * sigma(at(0) / registers);
  return registers ** 2 / (2 * Math.LN2 * z);
}

const SKETCH = { registers: REGISTERS, maxRank: MAX_RANK };

function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [x, y, z] = [share, 1, share];
  for (let before = -1; z !== before; ) {
    before = z;
    x *= x;
    z += x * y;
    y += y;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, z] = [share, 1, 1 - share];
  for (let before = -1; z !== before; ) {
    before = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
