/** Sums by name: `accepted`, `type|order_completed`, `decision|home|live` … The kind of a name is what stands before its first bar. */
export type Counts = Record<string, number>;

/** Names that come from outside are this many of a kind, at most; all that are beyond are one name. */
const MAX_OF_KIND = 120;
/** Names in all. */
const MAX_COUNTS = 400;
/** What stands for the name of all that are beyond. */
const OTHER = '(other)';

/** Kinds whose names come from outside: where room is short these are counted together, and the others stay. */
const OPEN_KINDS: ReadonlySet<string> = new Set(['type', 'browser', 'decision', 'odd']);

/** Adds to a count; where there are too many names, to the one for all others, which keeps what the name says besides: `decision|(other)|live`. */
export function addCount(counts: Counts, name: string, by: number): void {
  const key = Object.hasOwn(counts, name) || isRoom(counts, name) ? name : otherOf(name);
  counts[key] = (counts[key] ?? 0) + by;
}

/** What of counts is kept where room is short: all of the closed kinds, and of the others those that were most. */
export function mostCounts(counts: Counts, atMost: number): Counts {
  const entries = Object.entries(counts);
  if (entries.length <= atMost) return counts;
  const isOpen = ([name]: readonly [string, number]) => OPEN_KINDS.has(kindOf(name));
  const closed = entries.filter((entry) => !isOpen(entry));
  const open = entries.filter(isOpen).sort(([, a], [, b]) => b - a);
  return Object.fromEntries([...closed, ...open.slice(0, Math.max(0, atMost - closed.length))]);
}

function isRoom(counts: Readonly<Counts>, name: string): boolean {
  const names = Object.keys(counts);
  if (names.length >= MAX_COUNTS) return false;
  const kind = kindOf(name);
  if (!OPEN_KINDS.has(kind)) return true;
  return names.length < MAX_OF_KIND || names.filter((other) => kindOf(other) === kind).length < MAX_OF_KIND;
}

function kindOf(name: string): string {
  const bar = name.indexOf('|');
  return bar < 0 ? name : name.slice(0, bar);
}

function otherOf(name: string): string {
  const [kind = '', , ...rest] = name.split('|');
  return [kind, OTHER, ...rest].join('|');
}
