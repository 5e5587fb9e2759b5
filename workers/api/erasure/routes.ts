import { Hono } from 'hono';
import { z } from 'zod';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { hashLedger } from '../../../core/identity/hash-ledger.ts';
import { deviceLedger, type Ledger, userLedger } from '../../../core/identity/ledger.ts';
import { runErasure } from '../../../jobs/erase/run-erasure.ts';
import { progressSchema } from '../../../stores/erasure/progress.ts';
import { publicKeys, readReceipt } from '../../../stores/erasure/receipt.ts';
import { startErasure } from '../../../stores/erasure/start-erasure.ts';
import { subjectOfUser } from '../../../stores/erasure/subject.ts';
import { log } from '../../../stores/log.ts';
import type { Site } from '../../../stores/sites/site.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';

const MAX_BODY_BYTES = 65_536;

/** A receipt to check; with an id also whether it is about him. */
export const checkSchema = z.strictObject({
  receipt: z.string().min(1),
  userId: userIdSchema.optional(),
  anonymousId: anonymousIdSchema.optional(),
});

/** `DELETE /api/users/:id` */
export const eraseUser = new Hono<ApiContext>().delete('/:id', async (c) => {
  const site = c.get('site');
  return answer(c.env, site, await subjectOfUser(c.env, site.id, idOf(userIdSchema, c.req.param('id'))));
});

/** `DELETE /api/devices/:id`: a visitor who never said who he is. */
export const eraseDevice = new Hono<ApiContext>().delete('/:id', async (c) => {
  const ledger = deviceLedger(idOf(anonymousIdSchema, c.req.param('id')));
  return answer(c.env, c.get('site'), { users: [], ledgers: [ledger] });
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
    return c.json({
      id: row.id,
      state,
      removed: progressSchema.parse(JSON.parse(row.progress)).removed,
      receipt: row.receipt,
    });
  })
  .post('/verify', async (c) => {
    const parsed = checkSchema.safeParse(parseJson((await readBoundedText(c.req.raw, MAX_BODY_BYTES)).text));
    if (!parsed.success)
      throw new HttpError(400, 'The body must be { "receipt": …, "userId"? or "anonymousId"? }.', {
        code: 'invalid_body',
      });
    const site = c.get('site').id;
    const { receipt, userId, anonymousId } = parsed.data;
    const read = await readReceipt(c.env, site, receipt);
    if (!read.valid) return c.json(read);
    const ledger =
      userId !== undefined ? userLedger(userId) : anonymousId !== undefined ? deviceLedger(anonymousId) : null;
    const about = ledger && read.receipt.subjects.includes(hashLedger(site, ledger));
    return c.json({ ...read, ...(about !== null && { about }) });
  });

/** `GET /.well-known/jwks.json`: anybody can check a receipt with these. */
export async function handleKeys(env: Env): Promise<Response> {
  return Response.json(await publicKeys(env), {
    headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
  });
}

/** Erases at once; what cannot be done now is written down and done by the cron trigger. */
async function answer(env: Env, site: Site, whom: { users: string[]; ledgers: Ledger[] }): Promise<Response> {
  const erasure = await startErasure(env, site.id, whom, site.settings.erasedIds, Date.now());
  try {
    const receipt = await runErasure(env, erasure);
    return Response.json({ id: erasure.id, state: 'done', receipt });
  } catch (error) {
    log('erasure_failed', { site: site.id, erasure: erasure.id, error: String(error) });
    return Response.json({ id: erasure.id, state: 'running', receipt: null }, { status: 202 });
  }
}

function idOf(schema: z.ZodType<string>, text: string): string {
  const parsed = schema.safeParse(text);
  if (!parsed.success) throw new HttpError(400, parsed.error.issues[0]?.message ?? '', { code: 'invalid_user' });
  return parsed.data;
}
