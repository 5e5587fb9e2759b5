import type { Ledger } from '../../core/identity/ledger.ts';
import { siteNamespace } from './jurisdiction.ts';

/** What calls a profile's object. */
export type ProfileStub = ReturnType<Env['USER_PROFILE']['get']>;

/** What the ids of a profile's sessions in the index begin with: the start of its object's id, hex. */
export function sessionPrefix(objectId: DurableObjectId): string {
  return `${objectId.toString().slice(0, 16)}.`;
}

/** The object of a ledger; its name starts with the site, so that no site reaches another's. */
export function profileStub(env: Env, site: string, ledger: Ledger): ProfileStub {
  const namespace = siteNamespace(env.USER_PROFILE, site);
  return namespace.get(namespace.idFromName(`${site}/${ledger}`));
}
