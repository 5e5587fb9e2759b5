import { z } from 'zod';
import type { LakeFile } from '../../core/lake/partition.ts';
import { isConstraintError, jsonParts, selectIn } from '../statements.ts';

/** An hour of a site's lake: its current files. */
export interface Partition {
  readonly hour: number;
  readonly files: readonly LakeFile[];
  /** Erasures until then have been applied, ms since 1970. */
  readonly writtenAt: number;
}

/** What a commit changes: hours with their new files, raw objects that these hold, files that are current no more. */
export interface Commit {
  readonly partitions: readonly Partition[];
  readonly objects: readonly {
    readonly key: string;
    readonly etag: string;
    /** What it holds, as `packEntries` writes it. */
    readonly events: ArrayBuffer;
  }[];
  readonly replaced: readonly string[];
}

/** Another compaction has committed first; what it left is to be read anew. */
export class CommitConflict extends Error {}

const fileSchema = z.object({
  key: z.string(),
  shard: z.int(),
  shards: z.int(),
  rows: z.int(),
  bytes: z.int(),
  etag: z.string(),
  stats: z
    .object({
      nulls: z.array(z.int()),
      bounds: z.record(z.string(), z.tuple([z.union([z.string(), z.number()]), z.union([z.string(), z.number()])])),
    })
    .optional(),
});
const rowSchema = z.object({ hour: z.int(), files: z.string(), written_at: z.int() }).transform(
  ({ hour, files, written_at: writtenAt }): Partition => ({
    hour,
    files: z.array(fileSchema).parse(JSON.parse(files)),
    writtenAt,
  }),
);

/** The partitions of these hours, by hour. */
export async function readPartitions(
  env: Env,
  site: string,
  hours: readonly number[],
): Promise<Map<number, Partition>> {
  const found = new Map<number, Partition>();
  const rows = await selectIn(
    env,
    (marks) => `SELECT hour, files, written_at FROM lake_partitions WHERE site = ? AND hour IN (${marks})`,
    [site],
    hours,
  );
  for (const row of rows) {
    const partition = rowSchema.parse(row);
    found.set(partition.hour, partition);
  }
  return found;
}

/** Hours that one query lists; years of history are many. */
const HOURS_AT_ONCE = 5_000;

/** The partitions of a site from one hour to another, both included, in order: all of them, or at most `limit`. */
export async function listPartitions(
  env: Env,
  site: string,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
  limit = Number.POSITIVE_INFINITY,
): Promise<Partition[]> {
  const found: Partition[] = [];
  for (let hour = from; found.length < limit; ) {
    const atMost = Math.min(HOURS_AT_ONCE, limit - found.length);
    const { results } = await env.DB.prepare(
      'SELECT hour, files, written_at FROM lake_partitions WHERE site = ? AND hour BETWEEN ? AND ? ORDER BY hour LIMIT ?',
    )
      .bind(site, hour, to, atMost)
      .all();
    found.push(...results.map((row) => rowSchema.parse(row)));
    if (results.length < atMost) break;
    hour = (found.at(-1)?.hour ?? to) + 1;
  }
  return found;
}

/** The newest partitions of a site, below an hour, the newest first. */
export async function newestPartitions(
  env: Env,
  site: string,
  below = Number.MAX_SAFE_INTEGER,
  limit = 1,
): Promise<Partition[]> {
  const { results } = await env.DB.prepare(
    'SELECT hour, files, written_at FROM lake_partitions WHERE site = ? AND hour < ? ORDER BY hour DESC LIMIT ?',
  )
    .bind(site, below, limit)
    .all();
  return results.map((row) => rowSchema.parse(row));
}

/** Number of a site's newest commit; 0 before the first. */
export async function commitNumber(env: Env, site: string): Promise<number> {
  const row = await env.DB.prepare('SELECT MAX(number) AS number FROM lake_commits WHERE site = ?')
    .bind(site)
    .first<{ number: number | null }>();
  return row?.number ?? 0;
}

/**
 * Makes new files current, all or nothing. However many hours it changes, it is a few statements: D1 lets an invocation ask a thousand times.
 *
 * @param after the number of the commit that the caller has read; if there is a newer one nothing is changed.
 * @param beside what holds with the commit or not at all.
 * @throws {CommitConflict}
 */
export async function commit(
  env: Env,
  site: string,
  after: number,
  change: Commit,
  now: number,
  beside: readonly D1PreparedStatement[] = [],
): Promise<void> {
  const { partitions, objects, replaced } = change;
  const gone = partitions.filter(({ files }) => files.length === 0).map(({ hour }) => hour);
  const present = partitions
    .filter(({ files }) => files.length > 0)
    .map(({ hour, files, writtenAt }) => [
      hour,
      JSON.stringify(files),
      files.reduce((sum, { rows }) => sum + rows, 0),
      writtenAt,
    ]);
  const each = (sql: string, values: readonly unknown[], ...more: number[]) =>
    jsonParts(values).map((part) => env.DB.prepare(sql).bind(site, part, ...more));
  try {
    await env.DB.batch([
      env.DB.prepare('INSERT INTO lake_commits (site, number, at) VALUES (?, ?, ?)').bind(site, after + 1, now),
      env.DB.prepare('DELETE FROM lake_commits WHERE site = ? AND number < ?').bind(site, after),
      ...each('DELETE FROM lake_partitions WHERE site = ?1 AND hour IN (SELECT value FROM json_each(?2))', gone),
      ...each(
        `INSERT OR REPLACE INTO lake_partitions (site, hour, files, rows, written_at)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?2)`,
        present,
      ),
      ...objects.map(({ key, etag, events }) =>
        env.DB.prepare(
          'INSERT OR REPLACE INTO lake_objects (site, key, etag, compacted_at, events) VALUES (?, ?, ?, ?, ?)',
        ).bind(site, key, etag, now, events),
      ),
      ...each(
        'INSERT OR REPLACE INTO lake_garbage (site, key, since) SELECT ?1, value, ?3 FROM json_each(?2)',
        replaced,
        now,
      ),
      // A file that came back is none to delete.
      ...each(
        'DELETE FROM lake_garbage WHERE site = ?1 AND key IN (SELECT value FROM json_each(?2))',
        partitions.flatMap(({ files }) => files.map(({ key }) => key)),
      ),
      ...beside,
    ]);
  } catch (error) {
    if (isConstraintError(error)) throw new CommitConflict('another compaction came first');
    throw error;
  }
}
