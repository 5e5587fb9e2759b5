import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { IsolationForest } from 'ml-isolation-forest';
import { forestScore, trainForest } from '../../core/anomalies/isolation-forest.ts';
import { seededRandom } from '../seeded-random.ts';

const SEEDS = [1, 2, 3, 4, 5];

/** How well a forest finds the outliers of a labelled set, and how long that takes beside another implementation. */
export interface OutlierReport {
  readonly rows: number;
  readonly features: number;
  readonly outliers: number;
  /** Area under the ROC curve, the mean over five seeds. */
  readonly auroc: number;
  readonly trainMs: number;
  readonly scoreUs: number;
  /** `ml-isolation-forest` on the same rows: it takes all of them for each tree, and no seed. */
  readonly other: { readonly auroc: number; readonly trainMs: number; readonly scoreUs: number };
}

/** Trains on all rows of a CSV but its last column, which says which are outliers (1) and is looked at only to say how well that went. */
export async function findOutliers(file: string): Promise<OutlierReport> {
  const [, ...rows]: string[][] = parse(await readFile(file, 'utf8'), {
    bom: true,
    trim: true,
    skip_empty_lines: true,
  });
  const values = rows.map((row) => row.slice(0, -1).map(Number));
  const labels = rows.map((row) => Number(row.at(-1)) === 1);
  if (!labels.includes(true) || !labels.includes(false))
    throw new Error(`${file}: the last column must be 1 for outliers and 0 for others, and there must be both`);
  const own = SEEDS.map((seed) => {
    const forest = timed(() => trainForest(values, { random: seededRandom(seed) }));
    const scores = timed(() => values.map((row) => forestScore(forest.value, row)));
    return { auroc: aurocOf(scores.value, labels), trainMs: forest.ms, scoreUs: (1e3 * scores.ms) / values.length };
  });
  const other = new IsolationForest();
  const trained = timed(() => other.train(values));
  const scores = timed(() => other.predict(values));
  const mean = (of: (one: (typeof own)[number]) => number) => own.reduce((sum, one) => sum + of(one), 0) / own.length;
  return {
    rows: rows.length,
    features: values[0]?.length ?? 0,
    outliers: labels.filter(Boolean).length,
    auroc: mean(({ auroc }) => auroc),
    trainMs: mean(({ trainMs }) => trainMs),
    scoreUs: mean(({ scoreUs }) => scoreUs),
    other: {
      auroc: aurocOf(scores.value, labels),
      trainMs: trained.ms,
      scoreUs: (1e3 * scores.ms) / values.length,
    },
  };
}

function timed<T>(run: () => T): { readonly value: T; readonly ms: number } {
  const startedAt = performance.now();
  const value = run();
  return { value, ms: performance.now() - startedAt };
}

/** The chance that an outlier has a higher score than another row; equal ones count half (Mann and Whitney, 1947). */
export function aurocOf(scores: readonly number[], labels: readonly boolean[]): number {
  const order = scores
    .map((score, index) => ({ score, isOutlier: labels[index] === true }))
    .sort((a, b) => a.score - b.score);
  let below = 0;
  let won = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    let [others, outliers] = [0, 0];
    for (; to < order.length && order[to]?.score === order[from]?.score; to += 1) {
      if (order[to]?.isOutlier) outliers += 1;
      else others += 1;
    }
    won += outliers * (below + others / 2);
    below += others;
    from = to;
  }
  return won / (below * (order.length - below));
}
