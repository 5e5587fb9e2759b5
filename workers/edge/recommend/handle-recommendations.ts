import { answer } from '../../http/answer.ts';
import { corsHeaders } from '../../http/cors.ts';
import { noteRequest } from '../../http/request-log.ts';
import { readRequest } from '../visitor/read-query.ts';
import { tierHeaders } from '../visitor/tier-headers.ts';
import { recommendationsSchema } from './operation.ts';
import { recommend } from './recommend.ts';

/** `GET` or `POST /v/recommendations`: products for a slot, from the live profile, with the tier that served them. */
export async function handleRecommendations(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const { site, query } = await readRequest(request, new URL(request.url), env);
  const recommendation = await recommend(env, site.id, query);
  const { slot, strategy, tier, reason, items } = recommendation;
  noteRequest(request, { slot, strategy, tier, reason });
  const body = {
    slot,
    strategy,
    tier,
    reason,
    items: items.map(({ item, score, reason: why }) => ({ ...item, score, reason: why })),
  };
  return answer(recommendationsSchema, body, {
    headers: { ...corsHeaders(request, site), ...tierHeaders(recommendation, Date.now() - startedAt) },
  });
}
