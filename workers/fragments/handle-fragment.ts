import { corsHeaders } from '../http/cors.ts';
import { parseQuery } from '../recommend/query.ts';
import { recommend } from '../recommend/recommend.ts';
import { tierHeaders } from '../recommend/tier-headers.ts';
import { authorizePublic } from '../site/authorize.ts';
import { withHomeCookie } from '../site/visitor-cookie.ts';
import { renderFragment } from './render-fragment.ts';

/** `GET /v/fragments/:slot`: the same products as HTML, ready to stand in the page. */
export async function handleFragment(request: Request, env: Env, slot: string): Promise<Response> {
  const startedAt = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const recommendation = await recommend(env, site.id, parseQuery(request, url, site, slot));
  const body = await renderFragment(recommendation.slot, recommendation.strategy, recommendation.items);
  const response = new Response(body, {
    headers: {
      ...corsHeaders(request, site),
      ...tierHeaders(recommendation, Date.now() - startedAt),
      'content-type': 'text/html; charset=utf-8',
    },
  });
  return withHomeCookie(response, request, url, recommendation.home);
}
