import { ExpiringCache } from '../../core/expiring-cache.ts';
import type { ProfileView } from '../../core/profile/view-profile.ts';
import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';

/** A profile with where it came from, or why there is none. */
export type ProfileRead =
  | { readonly tier: 'live'; readonly profile: ProfileView }
  | {
      readonly tier: 'last_known';
      readonly profile: ProfileView;
      readonly reason: 'profile_deadline' | 'profile_error';
    }
  | { readonly tier: 'none'; readonly reason: 'no_visitor' | 'profile_deadline' | 'profile_error' };

/** Profiles that this isolate has read, for the case that the next read fails. */
const lastKnown = new ExpiringCache<ProfileView>(5_000, 3_600_000);

/** Reads the live profile under a deadline; falls to the last one this isolate saw. Never throws. */
export async function readProfile(env: Env, site: string, anonymousId: string | undefined): Promise<ProfileRead> {
  if (anonymousId === undefined) return { tier: 'none', reason: 'no_visitor' };
  const key = `${site}/${anonymousId}`;
  const outcome = await withDeadline(profileStub(env, site, anonymousId).read(), Number(env.PROFILE_DEADLINE_MS));
  if (typeof outcome === 'object') {
    lastKnown.set(key, outcome, Date.now());
    return { tier: 'live', profile: outcome };
  }
  const profile = lastKnown.get(key, Date.now());
  return profile ? { tier: 'last_known', profile, reason: outcome } : { tier: 'none', reason: outcome };
}

async function withDeadline(
  read: Promise<ProfileView>,
  deadlineMs: number,
): Promise<ProfileView | 'profile_deadline' | 'profile_error'> {
  const { promise, resolve } = Promise.withResolvers<'profile_deadline'>();
  const timer = setTimeout(() => resolve('profile_deadline'), deadlineMs);
  try {
    return await Promise.race([read.catch(() => 'profile_error' as const), promise]);
  } finally {
    clearTimeout(timer);
  }
}
