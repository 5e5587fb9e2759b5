import type { Context } from 'hono';
import { auditStatement } from '../../stores/sites/audit-entry.ts';
import { prepared } from '../../stores/sites/audit-trail.ts';
import type { ApiContext } from './api-context.ts';
import { actorOf } from './authorize.ts';

/** What tells the audit trail of a request's change; it goes into one batch with that. */
export function auditOf(
  c: Context<ApiContext>,
  action: string,
  subject: string,
  detail: Readonly<Record<string, unknown>>,
): D1PreparedStatement {
  const site = c.get('site');
  const entry = { site: site.id, at: Date.now(), actor: actorOf(c.req.raw, site), action, subject, detail };
  return prepared(c.env, auditStatement(entry));
}
