import { z } from 'zod';
import { HOUR_MS, isoHour, MINUTE_MS } from '../time.ts';
import type { JournalEntry } from './journal.ts';

/** Ids that one list of a report names; `events` counts all of them. */
const MAX_IDS = 10_000;

const idsSchema = z.object({
  events: z.int(),
  minutes: z.array(z.string()).meta({ description: 'Minutes of event time that hold them, ISO 8601.' }),
  ids: z.array(z.string()).meta({ description: `At most ${MAX_IDS}.` }),
});
/** Events by their ids and minutes. */
export type Ids = z.infer<typeof idsSchema>;

const hourIdsSchema = idsSchema.extend({ hour: z.string() });

/** What `GET /api/reconciliation` answers. */
export const reportSchema = z.object({
  v: z.literal(1),
  site: z.string(),
  at: z.string(),
  verdict: z.enum(['ok', 'drift']).meta({
    description:
      '`drift`: something was counted that the lake does not hold, or held otherwise, or an object was tampered with.',
  }),
  window: z
    .object({ from: z.string(), to: z.string() })
    .meta({ description: 'Hours of event time that were compared.' }),
  compared: z.object({ cells: z.int(), counted: z.int(), lake: z.int() }),
  excused: z.int().meta({ description: 'Events under way or erased.' }),
  drift: z.array(
    z.object({
      hour: z.string(),
      type: z.string(),
      counted: z.int(),
      lake: z.int(),
      drift: z.int().meta({ description: 'counted − lake' }),
      missing: idsSchema,
      unexpected: idsSchema,
      unexplained: z.int(),
    }),
  ),
  altered: z.array(hourIdsSchema).meta({ description: 'Events that do not say any more what their client said.' }),
  duplicated: z
    .array(hourIdsSchema)
    .meta({ description: 'Events that stand in the raw lake more than once. They count once.' }),
  objects: z
    .array(z.object({ key: z.string(), fault: z.enum(['removed', 'changed']), hours: z.array(hourIdsSchema) }))
    .meta({ description: 'Objects of the lake that are not any more what was written.' }),
  profiles: z.object({
    compared: z.int(),
    differing: z.array(z.object({ ledger: z.string(), events: z.int() })),
  }),
  standings: z
    .object({
      compared: z.int(),
      differing: z.array(z.object({ ledger: z.string(), experiment: z.int() })),
    })
    .optional()
    .meta({
      description: 'People whose standings in experiments were made again from the lake; `ledger` is their home.',
    }),
});
export type Report = z.infer<typeof reportSchema>;

/** Entries as a report names them. */
export function idsOf(entries: readonly JournalEntry[]): Ids {
  const minutes = new Set(entries.map(({ time }) => Math.floor(time / MINUTE_MS)));
  return {
    events: entries.length,
    minutes: [...minutes].sort((a, b) => a - b).map((minute) => new Date(minute * MINUTE_MS).toISOString()),
    ids: entries.slice(0, MAX_IDS).map(({ id }) => id),
  };
}

/** Entries by the hour of their time. */
export function hoursOf(entries: readonly JournalEntry[]): (Ids & { hour: string })[] {
  const hours = Map.groupBy(entries, ({ time }) => Math.floor(time / HOUR_MS));
  return [...hours].sort(([a], [b]) => a - b).map(([hour, group]) => ({ hour: isoHour(hour), ...idsOf(group) }));
}
