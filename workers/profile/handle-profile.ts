import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';
import { corsHeaders } from '../http/cors.ts';
import { HttpError } from '../http/error.ts';
import { parseQuery } from '../recommend/query.ts';
import { authorizePublic } from '../site/authorize.ts';

/** `GET /v/profile`: the visitor's own live profile. */
export async function handleProfile(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const { anonymousId } = parseQuery(request, url);
  if (anonymousId === undefined) {
    throw new HttpError(400, 'No visitor: neither the cookie "vitrine_id" nor ?anonymousId= names one.', {
      code: 'no_visitor',
    });
  }
  const profile = await profileStub(env, site.id, anonymousId).read();
  return Response.json(
    { anonymousId, ...profile },
    { headers: { ...corsHeaders(request, site), 'cache-control': 'no-store' } },
  );
}
