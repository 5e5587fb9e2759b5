import { SHAPE_FEATURES, type ShapeFeature, unscaled } from './event-shape.ts';
import { contributions, type Forest, forestBytes, forestScore, readForest, trainForest } from './isolation-forest.ts';

/** What says whether an event of a type is shaped unlike all others. */
export interface ShapeModel {
  readonly type: string;
  readonly forest: Forest;
  /** Scores above it are odd. */
  readonly threshold: number;
  /** The middle of each feature; NaN where most have none. */
  readonly like: readonly number[];
}

/** The same as it is kept and sent; `v` is the form's version. */
export interface ShapeModelBytes {
  readonly v: 1;
  readonly type: string;
  readonly forest: Uint8Array;
  readonly threshold: number;
  readonly like: readonly number[];
}

/** A feature that makes an event odd, with what it is and what is usual. */
export interface OddFeature {
  readonly feature: ShapeFeature;
  readonly value: number | null;
  readonly usual: number | null;
}

/** An event whose numbers are unlike those of others, with what makes it so. */
export interface OddEvent {
  readonly id: string;
  readonly type: string;
  /** When it came, ms since 1970. */
  readonly at: number;
  readonly features: readonly OddFeature[];
}

/** Rows that a model is made of, at least. */
export const LEAST_ROWS = 300;
const TREES = 64;
const SAMPLE = 256;
/** Rows that are made up, for each feature, in parts of all. */
const SENTINELS = 0.02;
/** Part of the rows that is kept apart; of it so many may be odd. */
const APART = 0.2;
const MOST_ODD = 0.02;
/** The threshold stands above so large a part of the scores, by a little. */
const QUANTILE = 0.998;
const MARGIN = 0.01;
/** A hundred times as much, in the shape's logarithms; of what is made so in money, so large a part must be found. */
const TIMES_HUNDRED = Math.log(100);
const LEAST_FOUND = 0.8;
const MONEY: ReadonlySet<ShapeFeature> = new Set(['price', 'total']);
const MOST_FEATURES = 3;

/**
 * Makes a model of the shapes of a type, and checks it: it must find nearly nothing odd among those that were kept apart, and nearly all of them odd once
 * a price or a total is a hundred times as large. Nothing where there are too few, or it does not hold.
 */
export function makeShapeModel(
  type: string,
  rows: readonly (readonly number[])[],
  random: () => number,
): ShapeModel | undefined {
  if (rows.length < LEAST_ROWS) return undefined;
  const shuffled = rows.map((row) => [random(), row] as const).sort(([a], [b]) => a - b);
  const apart = shuffled.slice(0, Math.floor(APART * rows.length)).map(([, row]) => row);
  const own = shuffled.slice(apart.length).map(([, row]) => row);
  const like = SHAPE_FEATURES.map((_, feature) => medianOf(own.map((row) => row[feature] ?? Number.NaN)));
  const forest = trainForest([...own, ...sentinels(own, like, random)], { trees: TREES, sample: SAMPLE, random });
  const scores = own.map((row) => forestScore(forest, row)).sort((a, b) => a - b);
  const threshold = (scores[Math.floor(QUANTILE * (scores.length - 1))] ?? 1) + MARGIN;
  const model = { type, forest, threshold, like };
  const isOdd = (row: readonly number[]) => forestScore(forest, row) > threshold;
  if (apart.filter(isOdd).length > MOST_ODD * apart.length) return undefined;
  for (const [feature, middle] of like.entries()) {
    if (Number.isNaN(middle) || !MONEY.has(SHAPE_FEATURES[feature] ?? 'together')) continue;
    const made = apart
      .filter((row) => !Number.isNaN(row[feature]))
      .map((row) => row.map((value, at) => (at === feature ? value + TIMES_HUNDRED : value)));
    if (made.filter(isOdd).length < LEAST_FOUND * made.length) return undefined;
  }
  return model;
}

/**
 * Rows as there are none, each with one number ten to a thousand times as large. A forest's cuts lie between what it has seen: without these it could
 * not tell the largest of all from a hundred times as much.
 */
function sentinels(rows: readonly (readonly number[])[], like: readonly number[], random: () => number): number[][] {
  const each = Math.ceil(SENTINELS * rows.length);
  return like.flatMap((middle, feature) => {
    const having = Number.isNaN(middle) ? [] : rows.filter((row) => !Number.isNaN(row[feature]));
    return having.slice(0, each).map((row) => {
      const more = Math.log(10) * (1 + 2 * random());
      return row.map((value, at) => (at === feature ? value + more : value));
    });
  });
}

/** What makes a shape odd, the most first; nothing where it is like others. */
export function oddFeatures({ forest, threshold, like }: ShapeModel, row: readonly number[]): OddFeature[] | undefined {
  if (forestScore(forest, row) <= threshold) return undefined;
  const named = contributions(forest, row, like).slice(0, MOST_FEATURES);
  return named.map(({ feature }) => ({
    feature: SHAPE_FEATURES[feature] ?? 'total',
    value: plain(row[feature]),
    usual: plain(like[feature]),
  }));
}

export function shapeModelBytes({ forest, ...model }: ShapeModel): ShapeModelBytes {
  return { v: 1, ...model, forest: forestBytes(forest) };
}

/** The model of bytes. @throws RangeError where this build cannot use them. */
export function readShapeModel({ v, forest, ...model }: ShapeModelBytes): ShapeModel {
  if (v !== 1) throw new RangeError(`no model of version ${v}`);
  const read = readForest(forest);
  if (read.features !== SHAPE_FEATURES.length) throw new RangeError('the model is of other features');
  return { ...model, forest: read };
}

function plain(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : unscaled(value);
}

/** The middle of what is there; NaN where less than half has it. */
function medianOf(values: readonly number[]): number {
  const there = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return there.length * 2 < values.length ? Number.NaN : (there[Math.floor(there.length / 2)] ?? Number.NaN);
}
