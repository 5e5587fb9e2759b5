import { Hono } from 'hono';
import { z } from 'zod';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { deviceLedger, userLedger } from '../../../core/identity/ledger.ts';
import { hourOf } from '../../../core/time.ts';
import { reconcileSite } from '../../../jobs/reconcile/reconcile-site.ts';
import { repairProfile, repairRollup } from '../../../jobs/reconcile/repair.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';

/** What one request spends; the caller asks again until it is done. */
const REQUEST_MS = 20_000;
const MAX_BODY_BYTES = 4_096;

/** What to make again from the lake: the rollup of an hour and type, or a profile. */
export const repairSchema = z.union([
  z.strictObject({ hour: z.iso.datetime().meta({ description: 'Start of the hour.' }), type: z.string().min(1) }),
  z.strictObject({ anonymousId: anonymousIdSchema }),
  z.strictObject({ userId: userIdSchema }),
]);

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
    return c.json(JSON.parse(row.report));
  })
  .post('/', async (c) => {
    const deadline = Date.now() + REQUEST_MS;
    const report = await reconcileSite(c.env, c.get('site').id, { deep: true, deadline, random: Math.random });
    return report ? c.json(report) : c.json({ done: false }, 202);
  })
  .post('/repair', async (c) => {
    const site = c.get('site').id;
    const parsed = repairSchema.safeParse(parseJson((await readBoundedText(c.req.raw, MAX_BODY_BYTES)).text));
    if (!parsed.success)
      throw new HttpError(
        400,
        'The body must be { "hour": "2026-05-01T12:00:00Z", "type": … }, { "anonymousId": … } or { "userId": … }.',
        { code: 'invalid_body' },
      );
    if ('hour' in parsed.data) {
      const hour = hourOf(Date.parse(parsed.data.hour));
      return c.json({ repaired: parsed.data, ...(await repairRollup(c.env, site, hour, parsed.data.type)) });
    }
    const ledger = 'userId' in parsed.data ? userLedger(parsed.data.userId) : deviceLedger(parsed.data.anonymousId);
    return c.json({ repaired: parsed.data, events: await repairProfile(c.env, site, ledger) });
  });
