import type { ProfileView } from '../../../core/profile/view-profile.ts';
import type { SiteSettings } from '../../../core/sites/settings.ts';
import { readProfile } from '../../../stores/objects/read-profile.ts';
import { answer } from '../../http/answer.ts';
import { corsHeaders } from '../../http/cors.ts';
import { HttpError } from '../../http/error.ts';
import { noteRequest } from '../../http/request-log.ts';
import { readRequest } from '../visitor/read-query.ts';
import { tierHeaders } from '../visitor/tier-headers.ts';
import { ownProfileSchema } from './operation.ts';

/** `GET` or `POST /v/profile`: the visitor's own live profile; with the secret key that of any `userId`. */
export async function handleProfile(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const { site, query } = await readRequest(request, new URL(request.url), env);
  const read = await readProfile(env, site.id, query, 'view');
  if (read.tier === 'none') throw noProfile(read.reason);
  const profile = site.keyKind === 'secret' ? read.profile : exposed(read.profile, site.settings.exposed);
  if (query.userId !== undefined && read.profile.firstSeenAt === null) throw noProfile('unknown_user');
  const ms = Date.now() - startedAt;
  const reason = read.tier === 'live' ? 'live_profile' : read.reason;
  const anonymousId = query.userId === undefined ? (query.anonymousId ?? null) : null;
  const headers = { ...corsHeaders(request, site), ...tierHeaders({ tier: read.tier, reason, profileMs: ms }, ms) };
  noteRequest(request, { tier: read.tier, reason });
  return answer(ownProfileSchema, { anonymousId, ...profile }, { headers });
}

/** What the site lets a page see of its visitor's profile: whole fields, and traits, attributes and segments by name. */
function exposed(profile: ProfileView, { fields, ...named }: SiteSettings['exposed']): Partial<ProfileView> {
  const whole: ReadonlySet<string> = new Set(fields);
  const own = Object.entries(profile).filter(([name]) => whole.has(name));
  const parts = (['traits', 'attributes', 'segments'] as const).flatMap((part) => {
    const names: ReadonlySet<string> = new Set(named[part]);
    const shown = Object.entries(profile[part]).filter(([name]) => names.has(name));
    return names.size > 0 ? [[part, Object.fromEntries(shown)]] : [];
  });
  return Object.fromEntries([...own, ...parts]);
}

function noProfile(
  reason: 'no_visitor' | 'no_visitor_token' | 'no_consent' | 'unknown_user' | 'profile_deadline' | 'profile_error',
): HttpError {
  switch (reason) {
    case 'no_visitor':
      return new HttpError(400, 'No visitor: neither the cookie "vitrine_id" nor ?anonymousId= names one.', {
        code: reason,
      });
    case 'no_visitor_token':
      return new HttpError(
        403,
        'Knowing a visitor’s id is not enough to read him: send his cookies, or as "visitorToken" what POST /v/events answered for him; servers send the secret key.',
        { code: reason },
      );
    case 'no_consent':
      return new HttpError(403, 'The visitor does not agree to personalization, so his profile is not used.', {
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
