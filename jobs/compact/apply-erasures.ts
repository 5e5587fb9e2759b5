import { ERASED_COLUMNS, erasedSince, isErasedRow } from '../../stores/lake/erased.ts';
import { publishTable } from '../../stores/lake/iceberg-table.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { CommitConflict, commit, commitNumber, listPartitions, type Partition } from '../../stores/lake/partitions.ts';
import { publishLake } from '../../stores/lake/publish-lake.ts';
import { log } from '../../stores/log.ts';
import { writeHour } from './compact-site.ts';
import { FILE_GRACE_MS, sweepFiles } from './sweep-lake.ts';

/** Hours that one commit changes. */
const HOURS_A_COMMIT = 50;

/**
 * Takes the rows of erased ledgers out of the Parquet files: looks at the column of hashes of each file that was written before the last
 * erasure, and writes those anew that hold one.
 *
 * @param deadline no further hours are begun after it, ms since 1970.
 * @param erasure one of which files written after `at` hold something, until it became known: times in ms since 1970.
 * @returns whether every file has been looked at, and none is left that is not current.
 */
export async function applyErasures(
  env: Env,
  site: string,
  deadline: number,
  erasure?: { readonly at: number; readonly knownAt: number },
): Promise<boolean> {
  const newest = await env.DB.prepare('SELECT MAX(erased_at) AS at FROM erased_ledgers WHERE site = ?')
    .bind(site)
    .first<{ at: number | null }>();
  if (!newest?.at) return true;
  const erasedAt = Math.max(newest.at, erasure?.knownAt ?? 0);
  const stale = (await listPartitions(env, site)).filter(({ writtenAt }) => writtenAt <= erasedAt);
  let removed = 0;
  for (let from = 0; from < stale.length; from += HOURS_A_COMMIT) {
    if (Date.now() >= deadline) return false;
    const rows = await applyTo(env, site, stale.slice(from, from + HOURS_A_COMMIT), erasure?.at);
    if (rows === undefined) return false;
    removed += rows;
  }
  if (removed > 0) {
    await publishLake(env, site);
    log('lake_erased', { site, rows: removed });
    // Where a run died before it had told of its commit: files are deleted next, and the table must name none of them.
  } else await publishTable(env, site);
  // Files that were replaced, and those of runs that died, may hold what was erased: no grace for them then.
  return Date.now() - erasedAt >= FILE_GRACE_MS || (await sweepFiles(env, site, true, Date.now()));
}

/** How many rows went; nothing when somebody else changed the lake meanwhile. */
async function applyTo(
  env: Env,
  site: string,
  stale: readonly Partition[],
  from = Number.POSITIVE_INFINITY,
): Promise<number | undefined> {
  const after = await commitNumber(env, site);
  const now = Date.now();
  const erased = await erasedSince(env, site, Math.min(from, ...stale.map(({ writtenAt }) => writtenAt)));
  const partitions: Partition[] = [];
  const replaced: string[] = [];
  let removed = 0;
  for (const { hour, files } of stale) {
    const hit = await holdsAny(
      env,
      files.map(({ key }) => key),
      erased,
    );
    const written = hit
      ? (await writeHour(env, site, { hour, after }, files, [], (row) => isErasedRow(erased, row))).files
      : files;
    const keys = new Set(written.map(({ key }) => key));
    replaced.push(...files.flatMap(({ key }) => (keys.has(key) ? [] : [key])));
    removed += sumRows(files) - sumRows(written);
    partitions.push({ hour, files: written, writtenAt: now });
  }
  try {
    await commit(env, site, after, { partitions, objects: [], replaced }, now);
  } catch (error) {
    // The next run looks again.
    if (!(error instanceof CommitConflict)) throw error;
    return undefined;
  }
  return removed;
}

async function holdsAny(env: Env, keys: readonly string[], erased: ReadonlyMap<string, number>): Promise<boolean> {
  for (const key of keys) {
    const rows = await readParquet(env, key, ERASED_COLUMNS);
    if (rows.some((row) => isErasedRow(erased, row))) return true;
  }
  return false;
}

const sumRows = (files: Partition['files']) => files.reduce((sum, { rows }) => sum + rows, 0);
