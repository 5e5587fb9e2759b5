import { parquetPrefix } from '../../core/lake/partition.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { commitOfPart, hintKey, publishedTable } from '../../stores/lake/iceberg-table.ts';
import { manifestKey, readManifest } from '../../stores/lake/manifest.ts';
import { CommitConflict, commit, commitNumber } from '../../stores/lake/partitions.ts';
import { publishLake } from '../../stores/lake/publish-lake.ts';

/** How long a raw object stays after it was compacted, and a Parquet file after it was replaced. */
export const RAW_GRACE_MS = DAY_MS;
export const FILE_GRACE_MS = HOUR_MS;
/** Objects that one run deletes; R2 takes a thousand a call. */
const PER_RUN = 1_000;

/** Deletes what compaction has made superfluous, of all sites, once its grace time is over. `now` in ms since 1970. */
export async function sweepLake(env: Env, now: number): Promise<void> {
  await sweep(env, 'lake_objects', 'compacted_at', now - RAW_GRACE_MS);
  await sweep(env, 'lake_garbage', 'since', now - FILE_GRACE_MS, PUBLISHED);
}

/**
 * Deletes the files of a site that were never made current, since the run that wrote them died, and, where `atOnce`, those that are current no more
 * without their grace time: both may hold what was erased. A run that is under way has files that are not current yet: an empty commit comes before them,
 * so that it must begin anew, under other names.
 *
 * @returns whether all could be deleted: not where somebody else committed at the same moment.
 */
export async function sweepFiles(env: Env, site: string, atOnce: boolean, now: number): Promise<boolean> {
  const [listed, garbage] = [await listFiles(env, site), await garbageOf(env, site)];
  const isOld = (key: string) => atOnce || (listed.get(key) ?? 0) < now - FILE_GRACE_MS;
  const before = await currentFiles(env, site);
  const lost = [...listed.keys()].filter((key) => !before.current.has(key) && !garbage.has(key) && isOld(key));
  const parts = lost.filter((key) => (commitOfPart(key) ?? Number.POSITIVE_INFINITY) < before.published);
  const orphans = lost.filter((key) => key.endsWith('.parquet'));
  if (orphans.length > 0 && !(await commitNothing(env, site, now))) return false;
  const { current } = orphans.length > 0 ? await currentFiles(env, site) : before;
  const leaving = [...parts, ...orphans, ...(atOnce ? garbage : [])].filter((key) => !current.has(key));
  for (let from = 0; from < leaving.length; from += PER_RUN) {
    const some = leaving.slice(from, from + PER_RUN);
    await env.LAKE.delete(some);
    await env.DB.batch(
      ['lake_garbage', 'lake_recounts'].flatMap((table) =>
        some.map((key) => env.DB.prepare(`DELETE FROM ${table} WHERE site = ? AND key = ?`).bind(site, key)),
      ),
    );
  }
  if (orphans.length > 0) await publishLake(env, site);
  return true;
}

/** An empty commit: who has read the one before commits no more. Says whether nobody else did so first. */
async function commitNothing(env: Env, site: string, now: number): Promise<boolean> {
  try {
    await commit(env, site, await commitNumber(env, site), { partitions: [], objects: [], replaced: [] }, now);
    return true;
  } catch (error) {
    if (error instanceof CommitConflict) return false;
    throw error;
  }
}

/** What is current of a site, and the commit that its table shows; of a site without one all that is left of a table is old. */
async function currentFiles(env: Env, site: string) {
  const [{ files }, table] = await Promise.all([readManifest(env, site), publishedTable(env, site)]);
  return {
    current: new Set([manifestKey(site), hintKey(site), ...(table?.parts ?? []), ...files.map(({ key }) => key)]),
    published: table?.commit ?? Number.POSITIVE_INFINITY,
  };
}

async function garbageOf(env: Env, site: string): Promise<Set<string>> {
  const { results } = await env.DB.prepare('SELECT key FROM lake_garbage WHERE site = ?')
    .bind(site)
    .all<{ key: string }>();
  return new Set(results.map(({ key }) => key));
}

/** What lies in a site's folder, with the times at which it was written, ms since 1970. */
async function listFiles(env: Env, site: string): Promise<Map<string, number>> {
  const listed = new Map<string, number>();
  let cursor: string | undefined;
  do {
    const page = await env.LAKE.list({ prefix: parquetPrefix(site), ...(cursor !== undefined && { cursor }) });
    for (const { key, uploaded } of page.objects) listed.set(key, uploaded.getTime());
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return listed;
}

/** Of sites whose table shows the newest commit: that of an older one names files that were replaced. */
const PUBLISHED = `site NOT IN (
  SELECT lake_tables.site FROM lake_tables JOIN lake_commits ON lake_commits.site = lake_tables.site
  WHERE number > commit_number
)`;

/** First the objects, then their rows: a crash between finds them again. */
async function sweep(env: Env, table: string, column: string, before: number, which = 'TRUE'): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT site, key FROM ${table} WHERE ${column} < ? AND ${which} LIMIT ${PER_RUN}`,
  )
    .bind(before)
    .all<{ site: string; key: string }>();
  if (results.length === 0) return;
  await env.LAKE.delete(results.map(({ key }) => key));
  await env.DB.batch(
    [table, 'lake_recounts'].flatMap((from) =>
      results.map(({ site, key }) => env.DB.prepare(`DELETE FROM ${from} WHERE site = ? AND key = ?`).bind(site, key)),
    ),
  );
}
