import { corsHeaders } from '../http/cors.ts';
import { authorizePublic } from '../site/authorize.ts';
import { withHomeCookie } from '../site/visitor-cookie.ts';
import { parseQuery } from './query.ts';
import { recommend } from './recommend.ts';
import { tierHeaders } from './tier-headers.ts';

/** `GET /v/recommendations`: products for a slot, from the live profile, with the tier that served them. */
export async function handleRecommendations(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const recommendation = await recommend(env, site.id, parseQuery(request, url, site));
  const { slot, strategy, tier, reason, items } = recommendation;
  const body = {
    slot,
    strategy,
    tier,
    reason,
    items: items.map(({ item, score, reason: why }) => ({ ...item, score, reason: why })),
  };
  return withHomeCookie(
    Response.json(body, {
      headers: { ...corsHeaders(request, site), ...tierHeaders(recommendation, Date.now() - startedAt) },
    }),
    request,
    url,
    recommendation.home,
  );
}
