import { Hono } from 'hono';
import { readAudit } from '../../../stores/sites/audit-trail.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { auditQuerySchema, auditSchema } from './operation.ts';

/** `/api/audit`: who changed what. */
export const auditRoutes = new Hono<ApiContext>().get('/', async (c) => {
  const { limit, cursor } = checkedQuery(auditQuerySchema, c.req.query());
  const rows = await readAudit(c.env, c.get('site').id, cursor === undefined ? undefined : placeOf(cursor), limit);
  const last = rows.at(-1);
  return answer(auditSchema, {
    entries: rows.map(({ at, actor, action, subject, detail }) => ({
      at: new Date(at).toISOString(),
      actor,
      action,
      subject,
      detail,
    })),
    next: last && rows.length === limit ? `${last.at}.${last.id}` : null,
  });
});

function placeOf(cursor: string): { readonly at: number; readonly id: string } {
  const dot = cursor.indexOf('.');
  return { at: Number(cursor.slice(0, dot)), id: cursor.slice(dot + 1) };
}
