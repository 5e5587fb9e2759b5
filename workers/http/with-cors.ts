import { siteOf, siteOfRequest } from './authorize.ts';
import { corsHeaders } from './cors.ts';
import { requestKey } from './request-key.ts';

/**
 * Lets the shop's page read an error. Who is not let in, for his key or his origin, may read that and why: it says nothing that he did not
 * send, so any page may have it, also one that asked with its cookies.
 */
export async function withCors(request: Request, env: Env, response: Response): Promise<Response> {
  if (!request.headers.has('origin')) return response;
  const headers = await corsOf(request, env);
  if (!('access-control-allow-origin' in headers) && (response.status === 401 || response.status === 403)) {
    // What pages ask with their cookies; nobody but the console asks the private API so.
    const isPages = /^\/v1?\//.test(new URL(request.url).pathname);
    response.headers.set('access-control-allow-origin', (isPages && request.headers.get('origin')) || '*');
    if (isPages) response.headers.set('access-control-allow-credentials', 'true');
    response.headers.append('vary', 'Origin');
  }
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

async function corsOf(request: Request, env: Env): Promise<Record<string, string>> {
  try {
    const site = siteOfRequest(request) ?? (await siteOf(request, env, requestKey(request, new URL(request.url))));
    return corsHeaders(request, site);
  } catch {
    return {};
  }
}
