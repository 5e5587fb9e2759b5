import { z } from 'zod';
import { OUTCOMES } from './minute.ts';

/** An event, as who watches sees it go by. */
export interface TailLine {
  /** When it came, ms since 1970. */
  readonly at: number;
  readonly outcome: (typeof OUTCOMES)[number];
  /** Why it was refused. */
  readonly reason?: string | undefined;
  readonly type: string | null;
  readonly id: string | null;
  readonly anonymousId?: string | undefined;
  readonly userId?: string | undefined;
  readonly device?: string | undefined;
  readonly browser?: string | undefined;
  /** What the event says, cut where it is long. */
  readonly properties?: string | undefined;
}

const names = z
  .string()
  .max(1_024)
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .pipe(z.array(z.string().min(1).max(128)).max(20));

/** Which events somebody wants to see: those that all of it holds for; lists are parted by commas, and what stands behind `not` is left out. */
export const tailFilterSchema = z.strictObject({
  type: names.optional().meta({ override: { type: 'string' } }),
  outcome: names
    .pipe(z.array(z.enum(OUTCOMES)))
    .optional()
    .meta({ override: { type: 'string' } }),
  user: z.string().min(1).max(128).optional().meta({ description: 'A user id, or an anonymous id.' }),
  text: z.string().min(1).max(128).optional().meta({ description: 'Stands somewhere in the event, in any case.' }),
  notType: names.optional().meta({ override: { type: 'string' } }),
  notOutcome: names
    .pipe(z.array(z.enum(OUTCOMES)))
    .optional()
    .meta({ override: { type: 'string' } }),
  notText: z.string().min(1).max(128).optional(),
});
export type TailFilter = z.output<typeof tailFilterSchema>;

const MAX_PROPERTIES = 2_000;

/** Properties as a line shows them. */
export function propertiesText(properties: unknown): string | undefined {
  if (properties === undefined) return undefined;
  const text = JSON.stringify(properties) ?? '';
  return text.length > MAX_PROPERTIES ? `${text.slice(0, MAX_PROPERTIES)}…` : text;
}

/** Whether somebody wants to see an event. */
export function isWanted(line: TailLine, filter: TailFilter): boolean {
  const { type, outcome, anonymousId, userId } = line;
  if (filter.type && !filter.type.includes(type ?? '')) return false;
  if (filter.outcome && !filter.outcome.includes(outcome)) return false;
  if (filter.user !== undefined && userId !== filter.user && anonymousId !== filter.user) return false;
  if (filter.notType?.includes(type ?? '')) return false;
  if (filter.notOutcome?.includes(outcome)) return false;
  if (filter.text === undefined && filter.notText === undefined) return true;
  const text = Object.values(line).join('\n').toLowerCase();
  if (filter.text !== undefined && !text.includes(filter.text.toLowerCase())) return false;
  return filter.notText === undefined || !text.includes(filter.notText.toLowerCase());
}

/** What goes to who watches: some events, and how many were left out since the last time, by his filter or because there were too many. */
export interface TailPart {
  readonly lines: readonly TailLine[];
  readonly filtered: number;
  readonly tooMany: number;
}

/** The part of some events that goes to one who watches. `room` is how many he may get now. */
export function tailPart(lines: readonly TailLine[], filter: TailFilter, room: number): TailPart {
  const wanted = lines.filter((line) => isWanted(line, filter));
  const shown = wanted.slice(0, Math.max(0, room));
  return { lines: shown, filtered: lines.length - wanted.length, tooMany: wanted.length - shown.length };
}
