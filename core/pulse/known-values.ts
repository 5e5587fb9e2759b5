import { estimateDistinct } from './distinct-sketch.ts';
import { type PropertyTally, sizeRank } from './minute.ts';

/** Minutes in which a property was there, before what it holds is known. */
const LEARNING_MINUTES = 45;
const LEAST_NUMBERS = 200;
const MAX_KNOWN = 40;
/** Texts after which an identifier is known, and what part of them are others than before. */
const LEAST_TEXTS = 200;
const LEAST_TEXT_MINUTES = 1_440;
const DIFFERENT = 0.9;
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
  /** Texts of the first day, and how many of them were others than before in their minute: an identifier has nearly no two alike. */
  texts?: { minutes: number; seen: number; distinct: number };
}

export function newKnown(): KnownValues {
  return { minutes: 0, names: [], sizes: {}, numbers: 0, usual: null };
}

/** Learns from a minute, while the property is new. */
export function learnValues(known: KnownValues, tally: PropertyTally): void {
  learnTexts(known, tally);
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

function learnTexts(known: KnownValues, tally: PropertyTally): void {
  known.texts ??= { minutes: 0, seen: 0, distinct: 0 };
  if (isLearned(known.texts)) return;
  known.texts.minutes += 1;
  known.texts.seen += tally.string;
  known.texts.distinct += distinctTexts(tally);
}

/** Whether it has been seen for so long that what is new of it is new. */
export function isKnown({ minutes }: KnownValues): boolean {
  return minutes >= LEARNING_MINUTES;
}

/** Whether its texts are identifiers: of enough of them nearly all were others than all of their minute. */
export function isIdentifier({ texts, names }: KnownValues): boolean {
  return names === null && texts !== undefined && isLearned(texts) && texts.distinct >= DIFFERENT * texts.seen;
}

/** A day must have gone by: by night few come, and few are alike, whatever they are. */
function isLearned({ minutes, seen }: { readonly minutes: number; readonly seen: number }): boolean {
  return minutes >= LEAST_TEXT_MINUTES && seen >= LEAST_TEXTS;
}

/** Texts of a minute that can be told to be the same. */
export const LEAST_REPEATED = 4;

/** Whether most of a minute's texts are the same as others of it: more than a sketch can be wrong by. */
export function isRepeating(tally: PropertyTally): boolean {
  return tally.string >= LEAST_REPEATED && 2 * distinctTexts(tally) <= tally.string;
}

/** How many of a minute's texts were others than before. */
function distinctTexts({ string, number, distinct }: PropertyTally): number {
  // Numbers are in the sketch as well: of both the texts are no more than there were.
  return number > 0 ? string : Math.min(string, estimateDistinct(distinct));
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
