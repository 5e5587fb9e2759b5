import { corsHeaders } from '../http/cors.ts';
import { HttpError } from '../http/error.ts';
import { parseQuery } from '../recommend/query.ts';
import { tierHeaders } from '../recommend/tier-headers.ts';
import { authorizePublic } from '../site/authorize.ts';
import { withHomeCookie } from '../site/visitor-cookie.ts';
import { readProfile } from './read-profile.ts';

/** `GET /v/profile`: the visitor's own live profile; with the secret key that of any `userId`. */
export async function handleProfile(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const query = parseQuery(request, url, site.keyKind);
  const read = await readProfile(env, site.id, query, 'view');
  if (read.tier === 'none') throw noProfile(read.reason);
  if (query.userId !== undefined && read.profile.firstSeenAt === null) throw noProfile('unknown_user');
  const ms = Date.now() - startedAt;
  const reason = read.tier === 'live' ? 'live_profile' : read.reason;
  const anonymousId = query.userId === undefined ? (query.anonymousId ?? null) : null;
  const headers = { ...corsHeaders(request, site), ...tierHeaders({ tier: read.tier, reason, profileMs: ms }, ms) };
  return withHomeCookie(Response.json({ anonymousId, ...read.profile }, { headers }), request, url, read.home);
}

function noProfile(reason: 'no_visitor' | 'unknown_user' | 'profile_deadline' | 'profile_error'): HttpError {
  switch (reason) {
    case 'no_visitor':
      return new HttpError(400, 'No visitor: neither the cookie "vitrine_id" nor ?anonymousId= names one.', {
        code: reason,
      });
    case 'unknown_user':
      return new HttpError(404, 'No event has named this user yet.', { code: reason });
    default:
      return new HttpError(503, 'The profile does not answer right now. Ask again.', {
        code: reason,
        headers: { 'retry-after': '1' },
      });
  }
}
