import { siteOf } from './authorize.ts';
import { corsHeaders } from './cors.ts';
import { requestKey } from './request-key.ts';

/** Lets the shop's page read an error, where the site can be told; else the error goes out as it is. */
export async function withCors(request: Request, env: Env, response: Response): Promise<Response> {
  if (!request.headers.has('origin')) return response;
  try {
    const site = await siteOf(env, requestKey(request, new URL(request.url)));
    for (const [name, value] of Object.entries(corsHeaders(request, site))) response.headers.set(name, value);
  } catch {
    // No site, no origins: the error itself says what is wrong.
  }
  return response;
}
