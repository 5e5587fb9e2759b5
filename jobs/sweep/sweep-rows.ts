import { QUEUE_RETENTION_DAYS } from '../../core/profile/limits.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { GUARD_BUCKET_MS } from '../../stores/rollups/record-rollups.ts';
import { AUDIT_DAYS } from '../../stores/sites/audit-trail.ts';

/** Rollups are kept as long as a profile that is not used any more. */
const ROLLUP_DAYS = 395;
/** Past the queue's retention no message can come again; a day more for its dead-letter queue's own retries. */
const GUARD_DAYS = QUEUE_RETENTION_DAYS + 1;

/** How far back a reconciliation can name events one by one. */
const JOURNAL_DAYS = 2;
const REPORT_DAYS = 30;
const WATCHED_DAYS = 30;

/** Deletes what no rule needs any more, of all sites. `nowMs` since 1970. */
export async function sweepRows(env: Env, nowMs: number): Promise<void> {
  await env.DB.batch([
    env.DB.prepare('DELETE FROM rollup_guard WHERE bucket < ?').bind(
      Math.floor((nowMs - GUARD_DAYS * DAY_MS) / GUARD_BUCKET_MS),
    ),
    env.DB.prepare('DELETE FROM journal WHERE written_at < ?').bind(nowMs - JOURNAL_DAYS * DAY_MS),
    env.DB.prepare('DELETE FROM reconciliations WHERE at < ?').bind(nowMs - REPORT_DAYS * DAY_MS),
    env.DB.prepare('DELETE FROM audit_trail WHERE at < ?').bind(nowMs - AUDIT_DAYS * DAY_MS),
    env.DB.prepare('DELETE FROM schema_watched WHERE day < ?').bind(Math.floor(nowMs / DAY_MS) - WATCHED_DAYS),
    env.DB.prepare('DELETE FROM rollups WHERE hour < ?').bind(Math.floor((nowMs - ROLLUP_DAYS * DAY_MS) / HOUR_MS)),
  ]);
}
