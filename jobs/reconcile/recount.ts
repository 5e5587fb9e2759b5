import { z } from 'zod';
import { eventOf, isIntact } from '../../core/lake/columns.ts';
import type { LakeFile } from '../../core/lake/partition.ts';
import { cellOf } from '../../core/reconciliation/compare-cells.ts';
import { entryKey, entryOf, type JournalEntry, ownerOf } from '../../core/reconciliation/journal.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { selectIn } from '../../stores/statements.ts';

const entrySchema = z.object({
  owner: z.string(),
  id: z.string(),
  time: z.int(),
  type: z.string(),
  analytics: z.boolean(),
});
const recountSchema = z.object({
  v: z.literal(1),
  /** Events with analytics by cell. */
  cells: z.record(z.string(), z.int()),
  /** Events that do not say any more what their client said. */
  altered: z.array(entrySchema),
  /** Events that the file holds more than once. */
  double: z.array(entrySchema),
});
/** What a Parquet file holds, as it was read. */
export type Recount = z.infer<typeof recountSchema>;

/** Rows that are checked before requests run. */
const SLICE_ROWS = 300;

const recountRow = z.object({ key: z.string(), etag: z.string(), recount: z.string() });

/** The recounts that are known of these files in the state in which they are now, by key. */
export async function knownRecounts(
  env: Env,
  site: string,
  files: readonly Pick<LakeFile, 'key' | 'etag'>[],
): Promise<Map<string, Recount>> {
  const known = new Map<string, Recount>();
  const etags = new Map(files.map(({ key, etag }) => [key, etag]));
  const rows = await selectIn(
    env,
    (marks) => `SELECT key, etag, recount FROM lake_recounts WHERE site = ? AND key IN (${marks})`,
    [site],
    [...etags.keys()],
  );
  for (const { key, etag, recount } of z.array(recountRow).parse(rows))
    if (etags.get(key) === etag) known.set(key, recountSchema.parse(JSON.parse(recount)));
  return known;
}

/** Reads a file from end to end, checks each event against its fingerprint, and remembers the result. */
export async function recountFile(
  env: Env,
  site: string,
  { key, etag }: Pick<LakeFile, 'key' | 'etag'>,
): Promise<Recount> {
  const cells: Record<string, number> = {};
  const altered: JournalEntry[] = [];
  const double: JournalEntry[] = [];
  const seen = new Set<string>();
  const slice = new WorkSlice(SLICE_ROWS, rest);
  for (const row of await readParquet(env, key)) {
    const event = eventOf(site, row);
    const entry = entryOf(site, event, ownerOf(String(row.ledger_hash)));
    if (!isIntact(event)) altered.push(entry);
    if (seen.has(entryKey(entry))) double.push(entry);
    seen.add(entryKey(entry));
    if (entry.analytics) cells[cellOf(entry)] = (cells[cellOf(entry)] ?? 0) + 1;
    if (slice.spend(1)) await slice.pause();
  }
  const recount: Recount = { v: 1, cells, altered, double };
  await env.DB.prepare('INSERT OR REPLACE INTO lake_recounts (site, key, etag, recount) VALUES (?, ?, ?, ?)')
    .bind(site, key, etag, JSON.stringify(recount))
    .run();
  return recount;
}

/** The events of a file in some cells, one by one. */
export async function entriesIn(env: Env, key: string, cells: ReadonlySet<string>): Promise<JournalEntry[]> {
  const rows = await readParquet(env, key, ['event_id', 'type', 'time', 'ledger_hash', 'consent', 'bot']);
  return rows.flatMap((row) => {
    const agreed =
      row.consent === null || String(row.consent).includes('"analytics"') || row.type === 'consent_changed';
    const analytics = agreed && row.bot !== true;
    const entry: JournalEntry = {
      owner: String(row.ledger_hash).slice(0, 16),
      id: String(row.event_id),
      time: Number(row.time),
      type: String(row.type),
      analytics,
    };
    return analytics && cells.has(cellOf(entry)) ? [entry] : [];
  });
}
