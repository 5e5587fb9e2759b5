import { prepared } from '../../../stores/sites/audit-trail.ts';
import { newKey } from '../../../stores/sites/new-key.ts';
import {
  type Change,
  ChangeRefused,
  type KnownSite,
  planChange,
  type Wish,
} from '../../../stores/sites/plan-change.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { readSiteRecord } from '../../../stores/sites/site-record.ts';
import { actorOf } from '../../http/authorize.ts';
import { HttpError } from '../../http/error.ts';

const STATUS: Readonly<Record<ChangeRefused['code'], number>> = {
  invalid_origin: 400,
  unknown_key: 404,
  last_key: 409,
  too_many_keys: 409,
  scope_exceeded: 403,
};

/** The site as its database has it. */
export async function knownSite(env: Env, id: string): Promise<KnownSite> {
  const known = await readSiteRecord(env, id);
  if (known) return known;
  throw new HttpError(404, 'This site is not there any more.', { code: 'not_found' });
}

/** Changes a site as somebody asks for: all of it, with its entries in the audit trail, or nothing. */
export async function changeSite(
  request: Request,
  env: Env,
  site: Site,
  wish: Partial<Omit<Wish, 'id'>>,
): Promise<Change> {
  const known = await knownSite(env, site.id);
  const asker = { actor: actorOf(request, site), scopes: site.scopes, now: Date.now() };
  const change = planned(() => planChange(known, { id: site.id, make: [], revoke: [], ...wish }, newKey, asker));
  if (change.statements.length > 0) await env.DB.batch(change.statements.map((one) => prepared(env, one)));
  return change;
}

/** A change that was planned, or why it cannot be made, as an answer. @throws HttpError */
export function planned(plan: () => Change): Change {
  try {
    return plan();
  } catch (cause) {
    if (!(cause instanceof ChangeRefused)) throw cause;
    const text = `${cause.message.charAt(0).toUpperCase()}${cause.message.slice(1)}.`;
    throw new HttpError(STATUS[cause.code], text, { code: cause.code });
  }
}
