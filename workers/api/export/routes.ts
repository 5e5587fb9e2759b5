import { Hono } from 'hono';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { deviceLedger, userLedger } from '../../../core/identity/ledger.ts';
import { personOf } from '../../../stores/links/link-graph.ts';
import { log } from '../../../stores/log.ts';
import { answerLines } from '../../http/answer-lines.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readParam } from '../../http/read-json.ts';
import { type Exported, exportPerson, parseCursor } from './export-person.ts';

/** `GET /api/users/:id/export` */
export const exportUser = new Hono<ApiContext>().get('/:id/export', async (c) => {
  const site = c.get('site').id;
  const userId = readParam(userIdSchema, c.req.param('id'), 'invalid_user');
  const { users, devices } = await personOf(c.env, site, userId);
  const all = [...new Set([userId, ...users])];
  return answer(c.env, site, { users: all, ledgers: [...all.map(userLedger), ...devices] }, c.req.query('cursor'));
});

/** `GET /api/devices/:id/export` */
export const exportDevice = new Hono<ApiContext>().get('/:id/export', async (c) => {
  const anonymousId = readParam(anonymousIdSchema, c.req.param('id'), 'invalid_device');
  const ledgers = [deviceLedger(anonymousId)];
  return answer(c.env, c.get('site').id, { users: [], ledgers }, c.req.query('cursor'));
});

/** The lines as they are read. A fault in the middle ends the answer without its last line, `end` or `continue`. */
function answer(env: Env, site: string, whom: Exported, cursor: string | undefined): Response {
  const from = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && from === undefined)
    throw new HttpError(400, 'cursor: it must be one that an export gave.', { code: 'invalid_cursor' });
  return answerLines(
    async (line) => {
      for await (const one of exportPerson(env, site, whom, from)) await line(one);
    },
    async (error) => {
      log('export_failed', { site, error: String(error) });
      return 'cut';
    },
  );
}
