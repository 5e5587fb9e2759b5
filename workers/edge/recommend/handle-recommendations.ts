import { noteDecision } from '../../../stores/pulse/gather-pulse.ts';
import { answer } from '../../http/answer.ts';
import { corsHeaders } from '../../http/cors.ts';
import { noteRequest } from '../../http/request-log.ts';
import { readRequest } from '../visitor/read-query.ts';
import { tierHeaders } from '../visitor/tier-headers.ts';
import { decisionOf } from './decision-of.ts';
import { recommendationsSchema } from './operation.ts';
import { type Recommendation, recommend } from './recommend.ts';
import { placeOf } from './rule-input.ts';

/** `GET` or `POST /v/recommendations`: products for a slot, from the live profile, with the tier that served them. */
export async function handleRecommendations(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const { site, query } = await readRequest(request, new URL(request.url), env);
  const place = () => placeOf(request, query, site.keyKind === 'secret');
  const recommendation = await recommend(env, site.id, query, place, { explain: query.explain === '1' });
  const { slot, strategy, tier, reason } = recommendation;
  noteRequest(request, { slot, strategy, tier, reason });
  noteDecision(env, site.id, { slot, tier, reason, ms: Date.now() - startedAt });
  return answer(recommendationsSchema, bodyOf(recommendation, decisionOf(site, query, recommendation)), {
    headers: { ...corsHeaders(request, site), ...tierHeaders(recommendation, Date.now() - startedAt) },
  });
}

/** A recommendation as it is answered. */
export function bodyOf(recommendation: Recommendation, decision?: string) {
  const { slot, strategy, tier, reason, heading, layout, content, explanation, items } = recommendation;
  return {
    slot,
    strategy,
    tier,
    reason,
    ...(decision !== undefined && { decision }),
    ...(heading !== undefined && { heading }),
    ...(layout !== undefined && { layout }),
    ...(content && { content }),
    items: items.map(({ item, score, reason: why }) => ({ ...item, score, reason: why })),
    ...(explanation && { explanation: { ...explanation, merchandising: recommendation.merchandising } }),
  };
}
