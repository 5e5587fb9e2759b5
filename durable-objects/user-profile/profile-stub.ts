import type { UserProfile } from './user-profile.ts';

/** The object of a visitor's ledger; its name starts with the site, so that no site reaches another's. */
export function profileStub(env: Env, site: string, anonymousId: string): DurableObjectStub<UserProfile> {
  return env.USER_PROFILE.get(env.USER_PROFILE.idFromName(`${site}/a/${anonymousId}`));
}
