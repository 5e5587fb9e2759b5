import { siteOf } from './authorize.ts';
import { preflight } from './cors.ts';
import { requestKey } from './request-key.ts';
import { noteRequest } from './request-log.ts';

/** `OPTIONS`: a preflight carries no credentials, so only a key in the URL can tell the site. */
export async function handlePreflight(request: Request, env: Env): Promise<Response> {
  const site = await siteOf(request, env, requestKey(request, new URL(request.url)));
  noteRequest(request, { site: site.id });
  return preflight(request, site);
}
