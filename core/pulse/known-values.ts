import { type PropertyTally, sizeRank } from './minute.ts';

/** Minutes in which a property was there, before what it holds is known. */
const LEARNING_MINUTES = 45;
const LEAST_NUMBERS = 200;
const MAX_KNOWN = 40;
/** Part of the numbers that may lie beyond what is called usual, on each side. */
const BEYOND = 0.02;

/** What a property usually holds: the names that its texts are, and how large its numbers are. As JSON. */
export interface KnownValues {
  minutes: number;
  /** Null where its texts are too many to be names. */
  names: string[] | null;
  /** Numbers by size, while they are learned; then the sizes that are usual. */
  sizes: Record<string, number>;
  numbers: number;
  usual: { least: number; most: number } | null;
}

export function newKnown(): KnownValues {
  return { minutes: 0, names: [], sizes: {}, numbers: 0, usual: null };
}

/** Learns from a minute, while the property is new. */
export function learnValues(known: KnownValues, tally: PropertyTally): void {
  if (!isKnown(known)) {
    known.minutes += 1;
    if (tally.values === null || known.names === null) known.names = null;
    else {
      known.names = [...new Set([...known.names, ...Object.keys(tally.values)])];
      if (known.names.length > MAX_KNOWN) known.names = null;
    }
  } else if (tally.values === null) known.names = null;
  if (known.usual) return;
  for (const [size, by] of Object.entries(tally.sizes)) {
    known.sizes[size] = (known.sizes[size] ?? 0) + by;
    known.numbers += by;
  }
  if (!isKnown(known) || known.numbers < LEAST_NUMBERS) return;
  known.usual = usualOf(known.sizes, known.numbers);
  known.sizes = {};
}

/** Whether it has been seen for so long that what is new of it is new. */
export function isKnown({ minutes }: KnownValues): boolean {
  return minutes >= LEARNING_MINUTES;
}

/** How many of a minute's texts are no name that is known. */
export function unknownNames(
  { names }: KnownValues,
  { values }: PropertyTally,
): { readonly hits: number; readonly name: string | undefined } {
  if (names === null || values === null) return { hits: 0, name: undefined };
  const strange = Object.entries(values).filter(([name]) => !names.includes(name));
  const [most] = strange.toSorted(([, a], [, b]) => b - a);
  return { hits: strange.reduce((sum, [, by]) => sum + by, 0), name: most?.[0] };
}

/** How many of a minute's numbers are larger, or smaller, than usual. */
export function unusualSizes(
  { usual }: KnownValues,
  { sizes }: PropertyTally,
): { readonly large: number; readonly small: number } {
  let [large, small] = [0, 0];
  if (usual)
    for (const [size, by] of Object.entries(sizes)) {
      if (sizeRank(size) > usual.most) large += by;
      if (sizeRank(size) < usual.least) small += by;
    }
  return { large, small };
}

function usualOf(sizes: Readonly<Record<string, number>>, numbers: number): { least: number; most: number } {
  const ranked = Object.entries(sizes)
    .map(([size, by]) => ({ rank: sizeRank(size), by }))
    .sort((a, b) => a.rank - b.rank);
  const bound = (from: readonly { readonly rank: number; readonly by: number }[]) => {
    let seen = 0;
    for (const { rank, by } of from) {
      seen += by;
      if (seen > BEYOND * numbers) return rank;
    }
    return 0;
  };
  return { least: bound(ranked), most: bound(ranked.toReversed()) };
}
