import { HOUR_MS } from '../../core/profile/limits.ts';
import { log } from '../http/log.ts';
import { applyErasures } from './apply-erasures.ts';
import { compactSite } from './compact.ts';
import { sweepFiles } from './sweep-lake.ts';

/** What one run of the cron trigger spends on the lake. */
const RUN_MS = 20_000;
/** Minutes after an hour's end before it is compacted: consumers have written what they were at. */
const SETTLED_MS = 5 * 60_000;

/**
 * Compacts the hours of arrival that are over, of all sites: what is not done in the time of one run is done by the next, a minute later.
 * `now` in ms since 1970.
 */
export async function compactAll(env: Env, now: number): Promise<void> {
  const deadline = Date.now() + RUN_MS;
  const hour = Math.floor((now - SETTLED_MS) / HOUR_MS);
  const { results } = await env.DB.prepare(
    'SELECT id FROM sites LEFT JOIN lake_progress ON site = id WHERE hour IS NULL OR hour < ? ORDER BY hour',
  )
    .bind(hour)
    .all<{ id: string }>();
  for (const { id: site } of results) {
    if (Date.now() >= deadline) return;
    try {
      const { done } = await compactSite(env, site, hour, deadline);
      if (!done || !(await applyErasures(env, site, deadline))) continue;
      await sweepFiles(env, site, false, now);
      await env.DB.prepare('INSERT OR REPLACE INTO lake_progress (site, hour) VALUES (?, ?)').bind(site, hour).run();
    } catch (error) {
      log('compaction_failed', { site, error: String(error) });
    }
  }
}
