import { opensDebugger } from '../../../core/debug/debug-token.ts';
import { authorizePublic } from '../../http/authorize.ts';
import { corsHeaders } from '../../http/cors.ts';
import { HttpError } from '../../http/error.ts';
import { BEACON_DEBUG } from '../beacon/assets.generated.ts';

/** `GET /v/beacon-debug.js`: the panel that shows what becomes of the page's events, for who has a signed link. */
export async function handleDebugger(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env, 'events');
  if (!opensDebugger(site.visitorKey, url.searchParams.get('token') ?? '', Date.now()))
    throw new HttpError(
      403,
      'This link to the debugger is not valid any more. Make a new one: POST /api/debug-links.',
      {
        code: 'debug_link_invalid',
      },
    );
  return new Response(BEACON_DEBUG.source, {
    headers: {
      ...corsHeaders(request, site),
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}
