import { EVENT_SHAPE, type ShapeKind, unscaled } from './event-shape.ts';
import { contributions, type Forest, forestBytes, forestScore, readForest, trainForest } from './isolation-forest.ts';

/** What says whether an event of a type, or a minute, is shaped unlike all others. */
export interface ShapeModel {
  /** Of what: a type of events; of minutes, what their shape is called. */
  readonly type: string;
  readonly features: readonly string[];
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
  /** Those of events where it says none. */
  readonly features?: readonly string[];
  readonly forest: Uint8Array;
  readonly threshold: number;
  readonly like: readonly number[];
}

/** A feature that makes an event odd, with what it is and what is usual. */
export interface OddFeature {
  readonly feature: string;
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
/** Part of the rows that is kept apart; of it so many may be odd: the threshold stands above the others. */
const APART = 0.2;
const MOST_ODD = 0.02;
/** The threshold stands above the kind's part of the scores by a little. */
const MARGIN = 0.01;
/** Of what is made odd to check a model so large a part must be found. */
const LEAST_FOUND = 0.8;
const MOST_FEATURES = 3;
/** Forests that are planted for a model: one in twenty is by chance none that holds. */
const TRIES = 3;

/**
 * Makes a model of shapes that finds nearly nothing odd among those that were kept apart, and checks it: nearly all of them must be odd once one of the
 * features that matter most (of events, a price or a total) is a hundred times as large. Nothing where there are too few, or it does not hold.
 */
export function makeShapeModel(
  type: string,
  rows: readonly (readonly number[])[],
  random: () => number,
  kind: ShapeKind = EVENT_SHAPE,
): ShapeModel | undefined {
  if (rows.length < LEAST_ROWS) return undefined;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const model = tryModel(type, rows, random, kind);
    if (model) return model;
  }
  return undefined;
}

function tryModel(
  type: string,
  rows: readonly (readonly number[])[],
  random: () => number,
  kind: ShapeKind,
): ShapeModel | undefined {
  const { features, usual, check } = kind;
  const shuffled = rows.map((row) => [random(), row] as const).sort(([a], [b]) => a - b);
  const apart = shuffled.slice(0, Math.floor(APART * rows.length)).map(([, row]) => row);
  const own = shuffled.slice(apart.length).map(([, row]) => row);
  const like = features.map((_, feature) => medianOf(own.map((row) => row[feature] ?? Number.NaN)));
  const forest = trainForest([...own, ...sentinels(own, like, kind, random)], { trees: TREES, sample: SAMPLE, random });
  const scoresOf = (of: readonly (readonly number[])[]) => of.map((row) => forestScore(forest, row));
  const threshold = Math.max(partOf(scoresOf(own), usual), partOf(scoresOf(apart), 1 - MOST_ODD)) + MARGIN;
  const model = { type, features, forest, threshold, like };
  const isOdd = (row: readonly number[]) => forestScore(forest, row) > threshold;
  for (const [feature, middle] of like.entries()) {
    if (Number.isNaN(middle) || !check.features.has(features[feature] ?? '')) continue;
    const made = apart
      .filter((row) => !Number.isNaN(row[feature]))
      .map((row) => row.map((value, at) => (at === feature ? value + check.more : value)));
    if (made.filter(isOdd).length < LEAST_FOUND * made.length) return undefined;
  }
  return model;
}

/**
 * Rows as there are none: of each feature some to which much was added, and to others with it. A forest's cuts lie between what it has seen: without these
 * it could not tell the largest of all from a hundred times as much.
 */
function sentinels(
  rows: readonly (readonly number[])[],
  like: readonly number[],
  { beyond: { part, features, least, most } }: ShapeKind,
  random: () => number,
): number[][] {
  const each = Math.ceil(part * rows.length);
  const usable = like.flatMap((middle, feature) => (Number.isNaN(middle) ? [] : [feature]));
  return usable.flatMap((feature) => {
    const having = rows.filter((row) => !Number.isNaN(row[feature]));
    return Array.from({ length: each }, () => {
      const row = having[Math.floor(having.length * random())] ?? [];
      const changed = new Set([feature]);
      for (let others = Math.floor(features * random()); others > 0; others -= 1)
        changed.add(usable[Math.floor(usable.length * random())] ?? feature);
      const more = least + (most - least) * random();
      return row.map((value, at) => (changed.has(at) ? value + more : value));
    });
  });
}

/** What makes a shape odd, the most first; nothing where it is like others. */
export function oddFeatures(
  { features, forest, threshold, like }: ShapeModel,
  row: readonly number[],
): OddFeature[] | undefined {
  if (forestScore(forest, row) <= threshold) return undefined;
  const named = contributions(forest, row, like).slice(0, MOST_FEATURES);
  return named.map(({ feature }) => ({
    feature: features[feature] ?? '',
    value: plain(row[feature]),
    usual: plain(like[feature]),
  }));
}

export function shapeModelBytes({ forest, ...model }: ShapeModel): ShapeModelBytes {
  return { v: 1, ...model, forest: forestBytes(forest) };
}

/** The model of bytes. @throws RangeError where this build cannot use them: of another form, or of other features. */
export function readShapeModel({ v, forest, ...model }: ShapeModelBytes, kind: ShapeKind = EVENT_SHAPE): ShapeModel {
  if (v !== 1) throw new RangeError(`no model of version ${v}`);
  const read = readForest(forest);
  const { features = EVENT_SHAPE.features } = model;
  if (read.features !== features.length || features.join() !== kind.features.join())
    throw new RangeError('the model is of other features');
  return { ...model, features, forest: read };
}

function plain(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : unscaled(value);
}

/** The value that so large a part is not above. */
function partOf(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))] ?? 1;
}

/** The middle of what is there; NaN where less than half has it. */
function medianOf(values: readonly number[]): number {
  const there = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return there.length * 2 < values.length ? Number.NaN : (there[Math.floor(there.length / 2)] ?? Number.NaN);
}
