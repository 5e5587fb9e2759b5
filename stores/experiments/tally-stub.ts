import { siteNamespace } from '../objects/jurisdiction.ts';

/** What calls a site's tally of experiments. */
export type TallyStub = ReturnType<Env['EXPERIMENT_TALLY']['get']>;

/** The object that knows how people stand in a site's experiments; its name is the site's id. */
export function tallyStub(env: Env, site: string): TallyStub {
  const namespace = siteNamespace(env.EXPERIMENT_TALLY, site);
  return namespace.get(namespace.idFromName(site));
}
