import { targetFault } from '../core/outbound/check-target.ts';

/** Why a shop's address may not be called; on a developer's machine (`WEBHOOKS_LOCAL`) its own may be. */
export function outboundFault(env: Env, url: string): string | undefined {
  const local = String(env.WEBHOOKS_LOCAL) === '1' && URL.parse(url)?.hostname === '127.0.0.1';
  return local ? undefined : targetFault(url);
}

const MAX_REDIRECTS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * Calls a shop's address, and where it redirects, that; each is looked at before it is called.
 *
 * @param call makes one call, which follows nothing by itself.
 * @throws what `call` throws.
 */
export async function followRedirects(
  env: Env,
  target: string,
  call: (url: string) => Promise<Response>,
): Promise<Response | { readonly refused: string }> {
  let url = target;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const fault = outboundFault(env, url);
    if (fault !== undefined) return { refused: `${url}: ${fault}` };
    const response = await call(url);
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = URL.parse(location, url);
    if (!next) return { refused: `it redirects to "${location}", which is no URL` };
    url = next.href;
  }
  return { refused: `it redirects more than ${MAX_REDIRECTS} times` };
}
