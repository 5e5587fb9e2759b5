import { answer } from '../../http/answer.ts';
import { authorizePublic } from '../../http/authorize.ts';
import { corsHeaders } from '../../http/cors.ts';
import { noteRequest } from '../../http/request-log.ts';
import { parseQuery } from '../visitor/read-query.ts';
import { tierHeaders } from '../visitor/tier-headers.ts';
import { withHomeCookie } from '../visitor/visitor-cookie.ts';
import { recommendationsSchema } from './operation.ts';
import { recommend } from './recommend.ts';

/** `GET /v/recommendations`: products for a slot, from the live profile, with the tier that served them. */
export async function handleRecommendations(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const recommendation = await recommend(env, site.id, parseQuery(request, url, site));
  const { slot, strategy, tier, reason, items } = recommendation;
  noteRequest(request, { slot, strategy, tier, reason });
  const body = {
    slot,
    strategy,
    tier,
    reason,
    items: items.map(({ item, score, reason: why }) => ({ ...item, score, reason: why })),
  };
  return withHomeCookie(
    answer(recommendationsSchema, body, {
      headers: { ...corsHeaders(request, site), ...tierHeaders(recommendation, Date.now() - startedAt) },
    }),
    request,
    url,
    recommendation.home,
  );
}
