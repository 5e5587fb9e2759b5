import type { Ledger } from '../../core/identity/ledger.ts';
import type { UserProfile } from './user-profile.ts';

/** The object of a ledger; its name starts with the site, so that no site reaches another's. */
export function profileStub(env: Env, site: string, ledger: Ledger): DurableObjectStub<UserProfile> {
  return env.USER_PROFILE.get(env.USER_PROFILE.idFromName(`${site}/${ledger}`));
}
