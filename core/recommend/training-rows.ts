import { FEATURES, RANKED } from './features.ts';
import type { Scan } from './scan.ts';

/** Parts that a feature's range is cut into. */
export const BINS = 32;
/** Rows that the cuts are drawn from, beside those of targets, at most. */
const SAMPLED_ROWS = 80_000;

/** Where a feature's range is cut: a value is in the part of the first cut that it does not exceed. */
export type Cuts = readonly (readonly number[])[];

/**
 * Draws cuts from questions: quantiles of the features, half of them of targets, half of all candidates, so that the ranges are cut finest
 * where targets are.
 */
export class CutSampler {
  private readonly all: number[][] = FEATURES.map(() => []);
  private readonly targets: number[][] = FEATURES.map(() => []);

  /** Takes a question's picks, and its target for itself. */
  add({ features }: Scan, picks: number, target: number): void {
    const room = SAMPLED_ROWS - (this.all[0]?.length ?? 0);
    for (let feature = 0; feature < FEATURES.length; feature += 1) {
      const from = feature * RANKED;
      this.targets[feature]?.push(features[from + target] as number);
      this.all[feature]?.push(...features.subarray(from, from + Math.min(picks, room)));
    }
  }

  /** The cuts of all features. Yields how many values it sorted, so that the caller can let others run between two steps. */
  *cuts(): Generator<number, Cuts> {
    const cuts: number[][] = [];
    for (const [feature, all] of this.all.entries()) {
      const targets = this.targets[feature] ?? [];
      const times = Math.max(1, Math.round(all.length / Math.max(1, targets.length)));
      const values = Float32Array.from([...all, ...Array.from({ length: times }, () => targets).flat()]);
      cuts.push(cutsOf(values));
      yield values.length;
    }
    return cuts;
  }
}

function cutsOf(values: Float32Array): number[] {
  values.sort();
  const cuts: number[] = [];
  for (let bin = 1; bin < BINS; bin += 1) {
    const value = values[Math.floor((bin * values.length) / BINS)];
    if (value !== undefined && (cuts.length === 0 || value > (cuts.at(-1) as number))) cuts.push(value);
  }
  // A cut that nothing exceeds asks nothing.
  if (cuts.length > 0 && (cuts.at(-1) as number) >= (values.at(-1) as number)) cuts.pop();
  return cuts;
}

/**
 * The candidates of many questions, each of which has its target among them: a byte a feature and row, by feature. Grows by doubling; 20 bytes
 * a row.
 */
export class TrainingRows {
  readonly cuts: Cuts;
  /** Where each question's rows begin; one more entry than questions. */
  readonly starts: number[] = [0];
  /** Each question's row with the target. */
  readonly targets: number[] = [];
  private columns: Uint8Array[] = FEATURES.map(() => new Uint8Array(4_096));

  constructor(cuts: Cuts) {
    this.cuts = cuts;
  }

  /** Rows of the first `questions`. */
  rowsOf(questions: number): number {
    return this.starts[questions] as number;
  }

  get questions(): number {
    return this.targets.length;
  }

  /** The part of each row that a feature's value lies in. */
  column(feature: number): Uint8Array {
    return this.columns[feature] as Uint8Array;
  }

  add(scan: Scan, picks: number, target: number): void {
    const from = this.rowsOf(this.questions);
    this.reserve(from + picks);
    for (const [feature, cuts] of this.cuts.entries()) {
      const column = this.column(feature);
      for (let pick = 0; pick < picks; pick += 1)
        column[from + pick] = binOf(cuts, scan.features[feature * RANKED + pick] as number);
    }
    this.targets.push(from + target);
    this.starts.push(from + picks);
  }

  /** All columns, one after the other. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const rows = this.rowsOf(this.questions);
    const bytes = new Uint8Array(rows * FEATURES.length);
    for (const [feature, column] of this.columns.entries()) bytes.set(column.subarray(0, rows), feature * rows);
    return bytes;
  }

  /** What `toBytes` wrote, with the questions that the rows belong to. */
  static fromBytes(cuts: Cuts, starts: readonly number[], targets: readonly number[], bytes: Uint8Array): TrainingRows {
    const rows = new TrainingRows(cuts);
    rows.starts.splice(0, 1, ...starts);
    rows.targets.push(...targets);
    const size = starts.at(-1) ?? 0;
    if (bytes.length !== size * FEATURES.length) throw new Error('the rows are not those of the questions');
    rows.columns = FEATURES.map((_, feature) => bytes.slice(feature * size, (feature + 1) * size));
    return rows;
  }

  private reserve(size: number): void {
    const held = this.column(0).length;
    if (size <= held) return;
    this.columns = this.columns.map((column) => {
      const grown = new Uint8Array(Math.max(size, held * 2));
      grown.set(column);
      return grown;
    });
  }
}

/** How many cuts a value exceeds. */
function binOf(cuts: readonly number[], value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > (cuts[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
