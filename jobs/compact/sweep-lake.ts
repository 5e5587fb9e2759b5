import { parquetPrefix } from '../../core/lake/partition.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { manifestKey, readManifest } from '../../stores/lake/manifest.ts';

/** How long a raw object stays after it was compacted, and a Parquet file after it was replaced. */
export const RAW_GRACE_MS = DAY_MS;
export const FILE_GRACE_MS = HOUR_MS;
/** Objects that one run deletes; R2 takes a thousand a call. */
const PER_RUN = 1_000;

/** Deletes what compaction has made superfluous, of all sites, once its grace time is over. `now` in ms since 1970. */
export async function sweepLake(env: Env, now: number): Promise<void> {
  await sweep(env, 'lake_objects', 'compacted_at', now - RAW_GRACE_MS);
  await sweep(env, 'lake_garbage', 'since', now - FILE_GRACE_MS);
}

/**
 * Deletes the files of a site that were never made current, since the run that wrote them died, and, where `atOnce`, those that are current
 * no more without their grace time: they may hold what was erased.
 */
export async function sweepFiles(env: Env, site: string, atOnce: boolean, now: number): Promise<void> {
  const { files } = await readManifest(env, site);
  const { results } = await env.DB.prepare('SELECT key FROM lake_garbage WHERE site = ?')
    .bind(site)
    .all<{ key: string }>();
  const current = new Set([manifestKey(site), ...files.map(({ key }) => key)]);
  const garbage = new Set(results.map(({ key }) => key));
  const leaving = atOnce ? [...garbage].filter((key) => !current.has(key)) : [];
  let cursor: string | undefined;
  do {
    const page = await env.LAKE.list({ prefix: parquetPrefix(site), ...(cursor !== undefined && { cursor }) });
    for (const { key, uploaded } of page.objects) {
      const orphan = !current.has(key) && !garbage.has(key) && uploaded.getTime() < now - FILE_GRACE_MS;
      if (orphan) leaving.push(key);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  for (let from = 0; from < leaving.length; from += PER_RUN) {
    const part = leaving.slice(from, from + PER_RUN);
    await env.LAKE.delete(part);
    await env.DB.batch(
      ['lake_garbage', 'lake_recounts'].flatMap((table) =>
        part.map((key) => env.DB.prepare(`DELETE FROM ${table} WHERE site = ? AND key = ?`).bind(site, key)),
      ),
    );
  }
}

/** First the objects, then their rows: a crash between finds them again. */
async function sweep(env: Env, table: string, column: string, before: number): Promise<void> {
  const { results } = await env.DB.prepare(`SELECT site, key FROM ${table} WHERE ${column} < ? LIMIT ${PER_RUN}`)
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
