import { siteNamespace } from '../objects/jurisdiction.ts';

/** What calls a site's catalogue. */
export type CatalogStub = ReturnType<Env['CATALOG']['get']>;

/** The object that holds a site's products; its name is the site's id, so that no site reaches another's. */
export function catalogStub(env: Env, site: string): CatalogStub {
  const namespace = siteNamespace(env.CATALOG, site);
  return namespace.get(namespace.idFromName(site));
}
