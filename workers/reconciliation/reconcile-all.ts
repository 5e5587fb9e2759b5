import { log } from '../http/log.ts';
import { reconcile } from './reconcile.ts';

/** What one run of the cron trigger spends. */
const RUN_MS = 20_000;
const HOUR_MS = 3_600_000;

/** Reconciles the sites that were not in this hour, those that wait longest first; what does not fit in one run is done by the next. */
export async function reconcileAll(env: Env, now: number): Promise<void> {
  const deadline = Date.now() + RUN_MS;
  const hourStart = Math.floor(now / HOUR_MS) * HOUR_MS;
  const { results } = await env.DB.prepare(
    `SELECT id FROM sites LEFT JOIN (SELECT site, MAX(at) AS at FROM reconciliations GROUP BY site) ON site = id
     WHERE at IS NULL OR at < ? ORDER BY at`,
  )
    .bind(hourStart)
    .all<{ id: string }>();
  for (const { id: site } of results) {
    if (Date.now() >= deadline) return;
    try {
      await reconcile(env, site, { deep: false, deadline, random: Math.random });
    } catch (error) {
      log('reconciliation_failed', { site, error: String(error) });
    }
  }
}
