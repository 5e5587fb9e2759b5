import { siteNamespace } from '../objects/jurisdiction.ts';

/** What calls a site's pulse. */
export type PulseStub = ReturnType<Env['SITE_PULSE']['get']>;

/** The object that knows how a site is; its name is the site's id. */
export function pulseStub(env: Env, site: string): PulseStub {
  const namespace = siteNamespace(env.SITE_PULSE, site);
  return namespace.get(namespace.idFromName(site));
}
