/**
 * Isolation Forest: what few random cuts part from all else is an outlier (Liu, Ting and Zhou, "Isolation Forest", ICDM 2008). A model is flat and
 * small: 200 trees over 256 rows are some 500 KB, and a score some microseconds.
 */

/** How a forest is trained. */
export interface ForestOptions {
  /** Default 200. */
  readonly trees?: number;
  /** Rows that each tree sees, at most 256, which is the default. */
  readonly sample?: number;
  /** From 0 to 1, as `Math.random`. */
  readonly random: () => number;
}

/** A trained forest; nodes of a tree lie as in a heap, the children of `i` are `2i + 1` and `2i + 2`. */
export interface Forest {
  readonly features: number;
  readonly trees: number;
  /** Rows that each tree saw. */
  readonly sample: number;
  /** By tree and node: the feature that is cut, or `LEAF`. */
  readonly cuts: Uint8Array;
  /** By tree and node: where it is cut; of a leaf the length of the way to it. */
  readonly at: Float32Array;
}

const MAX_SAMPLE = 256;
const MAX_FEATURES = 254;
const LEAF = 255;
const VERSION = 1;
const HEAD_BYTES = 16;
/** Euler's constant. */
const EULER = 0.5772156649015329;

/** Levels below the root: where the average tree of so many rows ends. */
function levelsOf(sample: number): number {
  return Math.max(1, Math.ceil(Math.log2(sample)));
}

/** The average length of an unsuccessful search in a binary tree of `n` rows (Liu et al., equation 1). */
export function averagePath(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER) - (2 * (n - 1)) / n;
}

/**
 * Trains a forest. What is no number (NaN) stands below all numbers.
 *
 * @param rows of as many numbers each as there are features, at least two rows.
 */
export function trainForest(
  rows: readonly ArrayLike<number>[],
  { trees = 200, sample = MAX_SAMPLE, random }: ForestOptions,
): Forest {
  const features = rows[0]?.length ?? 0;
  if (rows.length < 2 || features < 1 || features > MAX_FEATURES)
    throw new RangeError(`a forest needs at least two rows of 1–${MAX_FEATURES} features`);
  const size = Math.min(sample, MAX_SAMPLE, rows.length);
  const nodes = 2 ** (levelsOf(size) + 1) - 1;
  const forest = {
    features,
    trees,
    sample: size,
    cuts: new Uint8Array(trees * nodes).fill(LEAF),
    at: new Float32Array(trees * nodes),
  };
  // As exactly as cuts are kept.
  const values = new Float32Array(rows.length * features);
  rows.forEach((row, index) => {
    for (let feature = 0; feature < features; feature += 1)
      values[index * features + feature] = row[feature] ?? Number.NaN;
  });
  const order = Int32Array.from(rows, (_, index) => index);
  const grower = new Grower(forest, values, order, random);
  for (let tree = 0; tree < trees; tree += 1) {
    // The first `size` of a shuffle: rows drawn without putting them back.
    for (let index = 0; index < size; index += 1) {
      const other = index + Math.floor(random() * (order.length - index));
      const held = order[index] as number;
      order[index] = order[other] as number;
      order[other] = held;
    }
    grower.grow(tree, size);
  }
  return forest;
}

/** Grows trees over the rows that stand first in an order. */
class Grower {
  private readonly forest: Forest;
  private readonly values: Float32Array;
  private readonly order: Int32Array;
  private readonly nodes: number;
  private readonly random: () => number;
  private base = 0;

  constructor(forest: Forest, values: Float32Array, order: Int32Array, random: () => number) {
    this.forest = forest;
    this.values = values;
    this.order = order;
    this.nodes = forest.cuts.length / forest.trees;
    this.random = random;
  }

  grow(tree: number, size: number): void {
    this.base = tree * this.nodes;
    this.branch(0, size, 0, 0, levelsOf(this.forest.sample));
  }

  /** The rows from one place of the order up to another become a node, and what is below it. */
  private branch(from: number, to: number, node: number, depth: number, left: number): void {
    const feature = to - from > 1 && left > 0 ? this.cut(from, to, node) : undefined;
    if (feature === undefined) {
      this.forest.at[this.base + node] = depth + averagePath(to - from);
      return;
    }
    const middle = this.part(from, to, feature, this.forest.at[this.base + node] as number);
    this.branch(from, middle, 2 * node + 1, depth + 1, left - 1);
    this.branch(middle, to, 2 * node + 2, depth + 1, left - 1);
  }

  /** Cuts at a random place of a random feature that has two values among the rows; nothing where none has. */
  private cut(from: number, to: number, node: number): number | undefined {
    const { values, order, forest, base } = this;
    const { features } = forest;
    const first = Math.floor(this.random() * features);
    for (let tried = 0; tried < features; tried += 1) {
      const feature = (first + tried) % features;
      let least = Number.POSITIVE_INFINITY;
      let most = Number.NEGATIVE_INFINITY;
      let there = 0;
      for (let index = from; index < to; index += 1) {
        const value = values[(order[index] as number) * features + feature] as number;
        if (Number.isNaN(value)) continue;
        there += 1;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      const isMixed = there > 0 && there < to - from;
      if (!(least < most || isMixed)) continue;
      // What is missing stands below all numbers, so the least of them is a cut as well.
      const drawn = Math.fround(least < most ? least + this.random() * (most - least) : least);
      // Rounding, and the infinite, must not put all rows on one side.
      forest.at[base + node] = drawn > least && drawn <= most ? drawn : Math.max(least, most);
      forest.cuts[base + node] = feature;
      return feature;
    }
    return undefined;
  }

  /** Puts the rows below a cut first; says where the others begin. */
  private part(from: number, to: number, feature: number, at: number): number {
    const { values, order } = this;
    const { features } = this.forest;
    let middle = from;
    for (let index = from; index < to; index += 1) {
      const row = order[index] as number;
      if ((values[row * features + feature] as number) >= at) continue;
      order[index] = order[middle] as number;
      order[middle] = row;
      middle += 1;
    }
    return middle;
  }
}

/** How much a row is an outlier: from 0, over about 0.5 for what is like all, to 1. */
export function forestScore(forest: Forest, row: ArrayLike<number>): number {
  const { trees, cuts, at, sample, features } = forest;
  const values = new Float32Array(features).fill(Number.NaN);
  for (let feature = 0; feature < features && feature < row.length; feature += 1)
    values[feature] = row[feature] as number;
  const nodes = cuts.length / trees;
  let length = 0;
  for (let base = 0; base < cuts.length; base += nodes) {
    let node = base;
    let feature = cuts[node] as number;
    while (feature !== LEAF) {
      // The children of i are 2i + 1 and 2i + 2, counted from the tree's first node.
      node += node - base + ((values[feature] as number) >= (at[node] as number) ? 2 : 1);
      feature = cuts[node] as number;
    }
    length += at[node] as number;
  }
  return 2 ** (-length / trees / averagePath(sample));
}

/**
 * Which features part a row from all others, the most first: how much longer its ways would be, were the feature as in the middle of `like`.
 *
 * @param like usual values of each feature, e.g. the medians.
 * @returns features with what the score would fall by, those that it would.
 */
export function contributions(
  forest: Forest,
  row: ArrayLike<number>,
  like: ArrayLike<number>,
): { readonly feature: number; readonly share: number }[] {
  const score = forestScore(forest, row);
  return Array.from({ length: forest.features }, (_, feature) => {
    const other = Array.from(
      { length: forest.features },
      (__, at) => (at === feature ? like[at] : row[at]) ?? Number.NaN,
    );
    return { feature, share: score - forestScore(forest, other) };
  })
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share);
}

/** A forest as bytes, as it is kept. */
export function forestBytes({ features, trees, sample, cuts, at }: Forest): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + cuts.length * 5);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of [VERSION, features, trees, sample].entries()) view.setUint32(4 * index, value, true);
  for (const [index, value] of at.entries()) view.setFloat32(HEAD_BYTES + 4 * index, value, true);
  bytes.set(cuts, HEAD_BYTES + 4 * cuts.length);
  return bytes;
}

/** The forest of bytes. @throws RangeError where they are none that this build can use. */
export function readForest(bytes: Uint8Array): Forest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES || view.getUint32(0, true) !== VERSION) throw new RangeError('no forest of version 1');
  const [features, trees, sample] = [4, 8, 12].map((place) => view.getUint32(place, true)) as [number, number, number];
  const isSound = features > 0 && features <= MAX_FEATURES && trees > 0 && sample > 1 && sample <= MAX_SAMPLE;
  const nodes = isSound ? 2 ** (levelsOf(sample) + 1) - 1 : 0;
  const count = trees * nodes;
  if (!isSound || bytes.length !== HEAD_BYTES + 5 * count)
    throw new RangeError('the forest is cut off, or longer than it says');
  const at = new Float32Array(count);
  for (let index = 0; index < count; index += 1) at[index] = view.getFloat32(HEAD_BYTES + 4 * index, true);
  const cuts = bytes.slice(HEAD_BYTES + 4 * count);
  for (let index = 0; index < count; index += 1) {
    const isLast = 2 * (index % nodes) + 2 >= nodes;
    const cut = cuts[index] as number;
    if (cut !== LEAF && (cut >= features || isLast)) throw new RangeError('the forest has a cut that leads nowhere');
  }
  return { features, trees, sample, cuts, at };
}
