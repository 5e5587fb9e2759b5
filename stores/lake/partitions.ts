import { z } from 'zod';
import type { LakeFile } from '../../core/lake/partition.ts';
import { isConstraintError, selectIn } from '../statements.ts';

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

/** The partitions of a site from one hour to another, both included, in order; at most `limit`. */
export async function listPartitions(
  env: Env,
  site: string,
  from = 0,
  to = Number.MAX_SAFE_INTEGER,
  limit = 20_000,
): Promise<Partition[]> {
  const { results } = await env.DB.prepare(
    'SELECT hour, files, written_at FROM lake_partitions WHERE site = ? AND hour BETWEEN ? AND ? ORDER BY hour LIMIT ?',
  )
    .bind(site, from, to, limit)
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
 * Makes new files current, all or nothing.
 *
 * @param after the number of the commit that the caller has read; if there is a newer one nothing is changed.
 * @throws {CommitConflict}
 */
export async function commit(env: Env, site: string, after: number, change: Commit, now: number): Promise<void> {
  const { partitions, objects, replaced } = change;
  try {
    await env.DB.batch([
      env.DB.prepare('INSERT INTO lake_commits (site, number, at) VALUES (?, ?, ?)').bind(site, after + 1, now),
      env.DB.prepare('DELETE FROM lake_commits WHERE site = ? AND number < ?').bind(site, after),
      ...partitions.map(({ hour, files, writtenAt }) =>
        files.length === 0
          ? env.DB.prepare('DELETE FROM lake_partitions WHERE site = ? AND hour = ?').bind(site, hour)
          : env.DB.prepare(
              'INSERT OR REPLACE INTO lake_partitions (site, hour, files, rows, written_at) VALUES (?, ?, ?, ?, ?)',
            ).bind(
              site,
              hour,
              JSON.stringify(files),
              files.reduce((sum, { rows }) => sum + rows, 0),
              writtenAt,
            ),
      ),
      ...objects.map(({ key, etag, events }) =>
        env.DB.prepare(
          'INSERT OR REPLACE INTO lake_objects (site, key, etag, compacted_at, events) VALUES (?, ?, ?, ?, ?)',
        ).bind(site, key, etag, now, events),
      ),
      ...replaced.map((key) =>
        env.DB.prepare('INSERT OR REPLACE INTO lake_garbage (site, key, since) VALUES (?, ?, ?)').bind(site, key, now),
      ),
      // A file that came back is none to delete.
      ...partitions.flatMap(({ files }) =>
        files.map(({ key }) => env.DB.prepare('DELETE FROM lake_garbage WHERE site = ? AND key = ?').bind(site, key)),
      ),
    ]);
  } catch (error) {
    if (isConstraintError(error)) throw new CommitConflict('another compaction came first');
    throw error;
  }
}
