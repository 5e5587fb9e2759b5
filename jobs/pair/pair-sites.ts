import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { pairSite } from './pair-site.ts';

/** A site is counted anew so often, and one with few orders, where each says much. */
const EACH_MS = 6 * HOUR_MS;
const EACH_SMALL_MS = 15 * MINUTE_MS;
const SMALL_ORDERS = 5_000;

/** Counts what is bought together, of the sites whose turn it is. */
export async function pairSites(env: Env, run: JobRun): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT id FROM sites LEFT JOIN order_pairs ON order_pairs.site = sites.id
       WHERE counted_at IS NULL OR counted_at <= ?1 OR (orders < ?3 AND counted_at <= ?2)`,
  )
    .bind(run.now - EACH_MS, run.now - EACH_SMALL_MS, SMALL_ORDERS)
    .all<{ id: string }>();
  const sites = results.map(({ id }) => id);
  await eachSite(env, 'pair', sites, run, ({ site }) => pairSite(env, site));
}
