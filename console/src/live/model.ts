import type { TailLine, TailPart } from '../../../core/pulse/tail.ts';

export type { TailLine } from '../../../core/pulse/tail.ts';

/** A line with a number of its own, for lists. */
export interface Shown {
  readonly number: number;
  readonly line: TailLine;
}

/** What was seen since the page was opened, or emptied. */
export interface Seen {
  /** The newest first. */
  readonly lines: readonly Shown[];
  readonly came: number;
  readonly filtered: number;
  readonly tooMany: number;
  /** Lines that came and are not on the page any more. */
  readonly gone: number;
}

/** Lines that stay on the page. */
const MOST = 300;

export const NOTHING: Seen = { lines: [], came: 0, filtered: 0, tooMany: 0, gone: 0 };

/** What was seen, with what has just come. */
export function withPart(seen: Seen, { lines, filtered, tooMany }: TailPart): Seen {
  const first = seen.came;
  const added = lines.map((line, index) => ({ number: first + index, line })).toReversed();
  const all = [...added, ...seen.lines];
  return {
    lines: all.slice(0, MOST),
    came: first + lines.length + filtered + tooMany,
    filtered: seen.filtered + filtered,
    tooMany: seen.tooMany + tooMany,
    gone: seen.gone + Math.max(0, all.length - MOST),
  };
}

/** Filters of the page, as they stand in its address: each is a link that somebody may share. */
export const FILTERS = [
  { name: 'type', label: 'Type', not: 'notType', placeholder: 'product_viewed, …' },
  { name: 'outcome', label: 'What became of it', not: 'notOutcome', placeholder: 'accepted, rejected, …' },
  { name: 'user', label: 'User or anonymous id', not: undefined, placeholder: '' },
  { name: 'text', label: 'Text anywhere', not: 'notText', placeholder: '' },
] as const;

/** The part of an address that the server filters by; what is empty is no filter. */
export function filterQuery(query: URLSearchParams): string {
  const names = FILTERS.flatMap(({ name, not }) => (not ? [name, not] : [name]));
  const given = names.flatMap((name) => {
    const value = query.get(name)?.trim();
    return value ? [[name, value]] : [];
  });
  return new URLSearchParams(given).toString();
}

/** What was seen, in words. */
export function seenWords({ came, filtered, tooMany }: Seen): string {
  if (came === 0) return 'Nothing has come yet.';
  const shown = came - filtered - tooMany;
  const left = [
    ...(filtered > 0 ? [`${filtered.toLocaleString()} filtered out`] : []),
    ...(tooMany > 0 ? [`${tooMany.toLocaleString()} beyond 500 a second`] : []),
  ];
  return `${came.toLocaleString()} came: ${[`${shown.toLocaleString()} shown`, ...left].join(', ')}.`;
}
