import { Hono } from 'hono';
import { deviceLedger, userLedger } from '../../../core/identity/ledger.ts';
import { reportSchema } from '../../../core/reconciliation/report.ts';
import { hourOf } from '../../../core/time.ts';
import { reconcileSite } from '../../../jobs/reconcile/reconcile-site.ts';
import { RepairBusy, repairProfiles, repairRollup } from '../../../jobs/reconcile/repair.ts';
import { onDemand } from '../../../stores/breathe.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { repairedSchema, repairSchema, unfinishedSchema } from './operation.ts';

/** What one request spends; the caller asks again until it is done. */
const REQUEST_MS = 20_000;
const MAX_BODY_BYTES = 4_096;

/** `/api/reconciliation`: whether stream and lake agree. */
export const reconciliationRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const row = await c.env.DB.prepare('SELECT report FROM reconciliations WHERE site = ? ORDER BY at DESC LIMIT 1')
      .bind(c.get('site').id)
      .first<{ report: string }>();
    if (!row)
      throw new HttpError(404, 'Nothing was reconciled yet. POST here, or wait for the next hour.', {
        code: 'not_reconciled',
      });
    return answer(reportSchema, reportSchema.parse(JSON.parse(row.report)));
  })
  .post('/', async (c) => {
    const deadline = Date.now() + REQUEST_MS;
    const report = await onDemand(() =>
      reconcileSite(c.env, c.get('site').id, { deep: true, deadline, random: Math.random }),
    );
    return report ? answer(reportSchema, report) : answer(unfinishedSchema, { done: false }, { status: 202 });
  })
  .post('/repair', async (c) => {
    const site = c.get('site').id;
    const repaired = await readJson(c.req.raw, repairSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_body',
      expected:
        'The body must be { "hour": "2026-05-01T12:00:00Z", "type": … }, { "anonymousId": … } or { "userId": … }.',
    });
    const busy = (error: unknown) => {
      if (!(error instanceof RepairBusy)) throw error;
      throw new HttpError(409, error.message, { code: 'repair_busy', headers: { 'retry-after': '60' } });
    };
    if ('hour' in repaired) {
      const hour = hourOf(Date.parse(repaired.hour));
      const counts = await repairRollup(c.env, site, hour, repaired.type).catch(busy);
      return answer(repairedSchema, { repaired, ...counts });
    }
    const acceptFewer = c.req.query('accept') === 'fewer';
    const ledger = 'userId' in repaired ? userLedger(repaired.userId) : deviceLedger(repaired.anonymousId);
    return answer(repairedSchema, {
      repaired,
      events: await repairProfiles(c.env, site, [ledger], { acceptFewer }).catch(busy),
    });
  });
