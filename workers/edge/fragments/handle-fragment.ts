import { authorizePublic } from '../../http/authorize.ts';
import { corsHeaders } from '../../http/cors.ts';
import { noteRequest } from '../../http/request-log.ts';
import { recommend } from '../recommend/recommend.ts';
import { parseQuery } from '../visitor/read-query.ts';
import { tierHeaders } from '../visitor/tier-headers.ts';
import { withHomeCookie } from '../visitor/visitor-cookie.ts';
import { renderFragment } from './render-fragment.ts';

/** `GET /v/fragments/:slot`: the same products as HTML, ready to stand in the page. */
export async function handleFragment(request: Request, env: Env, slot: string): Promise<Response> {
  const startedAt = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const recommendation = await recommend(env, site.id, parseQuery(request, url, site, slot));
  const { strategy, tier, reason } = recommendation;
  noteRequest(request, { slot: recommendation.slot, strategy, tier, reason });
  const body = await renderFragment(recommendation.slot, strategy, recommendation.items);
  const response = new Response(body, {
    headers: {
      ...corsHeaders(request, site),
      ...tierHeaders(recommendation, Date.now() - startedAt),
      'content-type': 'text/html; charset=utf-8',
    },
  });
  return withHomeCookie(response, request, url, recommendation.home);
}
