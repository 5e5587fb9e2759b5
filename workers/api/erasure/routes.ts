import { Hono } from 'hono';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { hashLedger } from '../../../core/identity/hash-ledger.ts';
import { deviceLedger, userLedger } from '../../../core/identity/ledger.ts';
import { runErasure } from '../../../jobs/erase/run-erasure.ts';
import { onDemand } from '../../../stores/breathe.ts';
import { progressSchema } from '../../../stores/erasure/progress.ts';
import { publicKeys, readReceipt } from '../../../stores/erasure/receipt.ts';
import { startErasure } from '../../../stores/erasure/start-erasure.ts';
import { subjectOfUser, type Whom } from '../../../stores/erasure/subject.ts';
import { log } from '../../../stores/log.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson, readParam } from '../../http/read-json.ts';
import { checkedSchema, checkSchema, erasureSchema, startedSchema } from './operation.ts';

const MAX_BODY_BYTES = 524_288;

/** `DELETE /api/users/:id` */
export const eraseUser = new Hono<ApiContext>().delete('/:id', async (c) => {
  const site = c.get('site');
  return eraseNow(
    c.env,
    site,
    await subjectOfUser(c.env, site.id, readParam(userIdSchema, c.req.param('id'), 'invalid_user')),
  );
});

/** `DELETE /api/devices/:id`: a visitor who never said who he is. */
export const eraseDevice = new Hono<ApiContext>().delete('/:id', async (c) => {
  const ledger = deviceLedger(readParam(anonymousIdSchema, c.req.param('id'), 'invalid_device'));
  return eraseNow(c.env, c.get('site'), { users: [], ledgers: [ledger], parts: [] });
});

/** `/api/erasures`: how an erasure stands, and whether a receipt is one of ours. */
export const erasureRoutes = new Hono<ApiContext>()
  .get('/:id', async (c) => {
    const row = await c.env.DB.prepare(
      'SELECT id, finished_at, progress, receipt FROM erasures WHERE site = ? AND id = ?',
    )
      .bind(c.get('site').id, c.req.param('id'))
      .first<{ id: string; finished_at: number | null; progress: string; receipt: string | null }>();
    if (!row) throw new HttpError(404, 'There is no erasure with this id.', { code: 'unknown_erasure' });
    const state = row.finished_at === null ? 'running' : 'done';
    return answer(erasureSchema, {
      id: row.id,
      state,
      removed: progressSchema.parse(JSON.parse(row.progress)).removed,
      receipt: row.receipt,
    });
  })
  .post('/verify', async (c) => {
    const check = await readJson(c.req.raw, checkSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_body',
      expected: 'The body must be { "receipt": …, "userId"? or "anonymousId"? }.',
    });
    const site = c.get('site').id;
    const { receipt, userId, anonymousId } = check;
    const read = await readReceipt(c.env, site, receipt);
    if (!read.valid) return answer(checkedSchema, read);
    const ledger =
      userId !== undefined ? userLedger(userId) : anonymousId !== undefined ? deviceLedger(anonymousId) : null;
    const about = ledger && read.receipt.subjects.includes(hashLedger(site, ledger));
    return answer(checkedSchema, { ...read, ...(about !== null && { about }) });
  });

/** `GET /.well-known/jwks.json`: anybody can check a receipt with these. */
export async function handleKeys(env: Env): Promise<Response> {
  return Response.json(await publicKeys(env), {
    headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
  });
}

/** Erases at once; what cannot be done now is written down and done by the cron trigger. */
async function eraseNow(env: Env, site: Site, whom: Whom): Promise<Response> {
  const erasure = await startErasure(env, site.id, whom, site.settings.erasedIds, Date.now());
  try {
    const receipt = await onDemand(() => runErasure(env, erasure));
    return answer(startedSchema, { id: erasure.id, state: 'done', receipt });
  } catch (error) {
    log('erasure_failed', { site: site.id, erasure: erasure.id, error: String(error) });
    return answer(startedSchema, { id: erasure.id, state: 'running', receipt: null }, { status: 202 });
  }
}
