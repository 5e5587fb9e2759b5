import { z } from 'zod';
import { log } from '../../stores/log.ts';

const hostsSchema = z.record(
  z.string().transform((host) => host.toLowerCase()),
  z.strictObject({
    site: z.string().min(1),
    upstream: z
      .url({ protocol: /^https?$/ })
      .transform((url) => new URL(url).origin)
      .optional(),
  }),
);

/** A shop that Vitrine stands in front of. */
export interface ProxiedShop {
  readonly host: string;
  /** Id of its site. */
  readonly site: string;
  /** Where its pages come from; without it from the origin behind Vitrine's route. */
  readonly upstream?: string | undefined;
}

const NONE = new Map<string, ProxiedShop>();
let parsed: { readonly text: string; readonly shops: ReadonlyMap<string, ProxiedShop> } = { text: '{}', shops: NONE };

/** The page of a shop that an address names, as `PROXY_HOSTS` says; nothing for Vitrine's own: its hosts, and `/v/` on the shops'. */
export function proxiedPage(env: Env, address: string): { readonly shop: ProxiedShop; readonly url: URL } | undefined {
  const shops = shopsIn(env);
  if (shops.size === 0) return undefined;
  const url = new URL(address);
  const shop = url.pathname.startsWith('/v/') ? undefined : shopAt(shops, url);
  return shop && { shop, url };
}

/** The shop that Vitrine stands in front of at an address. */
export function proxiedShop(env: Env, url: URL): ProxiedShop | undefined {
  return shopAt(shopsIn(env), url);
}

/** By its host; one that is said without a port is meant on each. */
function shopAt(shops: ReadonlyMap<string, ProxiedShop>, { host, hostname }: URL): ProxiedShop | undefined {
  return shops.get(host) ?? shops.get(hostname);
}

function shopsIn(env: Env): ReadonlyMap<string, ProxiedShop> {
  // Who deploys over an older configuration may not have it.
  const text = (env.PROXY_HOSTS as string | undefined) ?? '{}';
  if (parsed.text !== text) parsed = { text, shops: shopsOf(text) };
  return parsed.shops;
}

function shopsOf(text: string): ReadonlyMap<string, ProxiedShop> {
  try {
    const shops = hostsSchema.parse(JSON.parse(text));
    return new Map(Object.entries(shops).map(([host, shop]) => [host, { host, ...shop }]));
  } catch (error) {
    log('proxy_hosts_unreadable', { error: String(error) });
    return NONE;
  }
}
