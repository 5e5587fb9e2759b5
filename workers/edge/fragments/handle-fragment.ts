import { noteDecision } from '../../../stores/pulse/gather-pulse.ts';
import { corsHeaders } from '../../http/cors.ts';
import { noteRequest } from '../../http/request-log.ts';
import { decisionOf } from '../recommend/decision-of.ts';
import { recommend } from '../recommend/recommend.ts';
import { placeOf } from '../recommend/rule-input.ts';
import { readRequest } from '../visitor/read-query.ts';
import { tierHeaders } from '../visitor/tier-headers.ts';
import { renderFragment } from './render-fragment.ts';

/** `GET` or `POST /v/fragments/:slot`: the same products as HTML, ready to stand in the page. */
export async function handleFragment(request: Request, env: Env, slot: string): Promise<Response> {
  const startedAt = Date.now();
  const { site, query } = await readRequest(request, new URL(request.url), env, slot);
  const recommendation = await recommend(env, site.id, query, () => placeOf(request, query, site.keyKind === 'secret'));
  const { slot: of, strategy, tier, reason } = recommendation;
  noteRequest(request, { slot: of, strategy, tier, reason });
  noteDecision(env, site.id, { slot: of, tier, reason, ms: Date.now() - startedAt });
  const body = await renderFragment(recommendation, decisionOf(site, query, recommendation));
  return new Response(body, {
    headers: {
      ...corsHeaders(request, site),
      ...tierHeaders(recommendation, Date.now() - startedAt),
      'content-type': 'text/html; charset=utf-8',
    },
  });
}
