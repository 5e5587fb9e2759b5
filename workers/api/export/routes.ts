import { Hono } from 'hono';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { deviceLedger, userLedger } from '../../../core/identity/ledger.ts';
import { personOf } from '../../../stores/links/link-graph.ts';
import { log } from '../../../stores/log.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { type Exported, exportPerson, parseCursor } from './export-person.ts';

/** `GET /api/users/:id/export` */
export const exportUser = new Hono<ApiContext>().get('/:id/export', async (c) => {
  const site = c.get('site').id;
  const parsed = userIdSchema.safeParse(c.req.param('id'));
  if (!parsed.success) throw new HttpError(400, parsed.error.issues[0]?.message ?? '', { code: 'invalid_user' });
  const { users, devices } = await personOf(c.env, site, parsed.data);
  const all = [...new Set([parsed.data, ...users])];
  return answer(c.env, site, { users: all, ledgers: [...all.map(userLedger), ...devices] }, c.req.query('cursor'));
});

/** `GET /api/devices/:id/export` */
export const exportDevice = new Hono<ApiContext>().get('/:id/export', async (c) => {
  const parsed = anonymousIdSchema.safeParse(c.req.param('id'));
  if (!parsed.success) throw new HttpError(400, parsed.error.issues[0]?.message ?? '', { code: 'invalid_device' });
  const ledgers = [deviceLedger(parsed.data)];
  return answer(c.env, c.get('site').id, { users: [], ledgers }, c.req.query('cursor'));
});

/** The lines as they are read. A fault in the middle ends the answer without its last line, `end` or `continue`. */
function answer(env: Env, site: string, whom: Exported, cursor: string | undefined): Response {
  const from = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && from === undefined)
    throw new HttpError(400, 'cursor: it must be one that an export gave.', { code: 'invalid_cursor' });
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const write = async () => {
    for await (const line of exportPerson(env, site, whom, from)) {
      await writer.ready;
      await writer.write(encoder.encode(`${JSON.stringify(line)}\n`));
    }
    await writer.close();
  };
  write().catch(async (error) => {
    log('export_failed', { site, error: String(error) });
    await writer.abort(error).catch(() => undefined);
  });
  return new Response(readable, { headers: { 'content-type': 'application/x-ndjson' } });
}
