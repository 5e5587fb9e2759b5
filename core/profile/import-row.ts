import { createHash } from 'node:crypto';
import { z } from 'zod';
import { IMPORT_EVENT, importedTraitsSchema } from '../events/imported-traits.ts';
import { anonymousIdSchema, userIdSchema } from '../events/person-ids.ts';
import type { WireEvent } from '../events/wire-event.ts';
import { idText } from '../identity/id-text.ts';
import { eventLedger } from '../identity/ledger.ts';
import { found, isRecord } from '../json/values.ts';
import { cellValue } from '../tables/cell-value.ts';

/** What holds for all rows of an import that do not say otherwise. */
export interface ImportDefaults {
  readonly source: string;
  readonly purpose: string;
  /** When the traits were known, ms since 1970. */
  readonly time: number;
}

const rowSchema = z
  .strictObject({
    userId: userIdSchema.optional(),
    anonymousId: anonymousIdSchema.optional(),
    time: z.iso.datetime({ offset: true, error: 'time must be an ISO 8601 time with zone' }).optional(),
    source: importedTraitsSchema.shape.source.optional(),
    purpose: importedTraitsSchema.shape.purpose.unwrap().optional(),
    traits: importedTraitsSchema.shape.traits,
  })
  .refine(({ userId, anonymousId }) => (userId === undefined) !== (anonymousId === undefined), {
    message: 'a row must name either userId or anonymousId',
  });

/**
 * A row of an import as an event of its person's ledger, or why it is none. The same row in the same line is the same event, so a file that
 * comes again counts once; of two rows of one person with the same time the later one wins, for its id is the greater one.
 */
export function importedEvent(
  site: string,
  row: unknown,
  defaults: ImportDefaults,
  line: number,
): WireEvent | { readonly fault: string } {
  const meant = withIds(row);
  if ('fault' in meant) return meant;
  const parsed = rowSchema.safeParse(meant.row);
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 3);
    return {
      fault: issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; '),
    };
  }
  const { userId, anonymousId, traits, source = defaults.source, purpose = defaults.purpose } = parsed.data;
  const time = parsed.data.time === undefined ? defaults.time : Date.parse(parsed.data.time);
  const properties = { source, purpose, traits };
  const ledger = eventLedger({ userId, anonymousId });
  const occurredAt = new Date(time).toISOString();
  const said = JSON.stringify([site, ledger, occurredAt, source, purpose, Object.entries(traits).sort()]);
  const id = `import-${String(line).padStart(9, '0')}-${createHash('sha256').update(said).digest('base64url').slice(0, 32)}`;
  const whose = { ...(userId !== undefined && { userId }), ...(anonymousId !== undefined && { anonymousId }) };
  return { id, type: IMPORT_EVENT, occurredAt, ...whose, properties };
}

/** A row with ids as texts; what identifies nobody is a fault, and what is empty says nothing. */
function withIds(row: unknown): { readonly row: unknown } | { readonly fault: string } {
  if (!isRecord(row)) return { row };
  const meant: Record<string, unknown> = { ...row };
  for (const name of ['userId', 'anonymousId']) {
    const given = meant[name];
    if (given === null || given === '') delete meant[name];
    if (given === undefined || given === null || given === '') continue;
    const id = idText(given);
    if (id === undefined) return { fault: `${name}: ${found(given)}, which identifies nobody` };
    meant[name] = id;
  }
  return { row: meant };
}

/** The columns of a CSV that are not traits. */
const COLUMNS = new Set(['userId', 'anonymousId', 'time', 'source', 'purpose']);

/** A record of a CSV as a row: empty cells say nothing, `true`, `false` and numbers are what they look like. */
export function rowOfCsv(record: Readonly<Record<string, string>>): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  const traits: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(record)) {
    if (cell === '') continue;
    if (COLUMNS.has(name)) row[name] = cell;
    else traits[name] = cellValue(cell);
  }
  return { ...row, traits };
}
