import { ExpiringCache } from '../../core/expiring-cache.ts';
import type { ProfileView } from '../../core/profile/view-profile.ts';
import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';
import { findVisitor } from './find-visitor.ts';
import { withDeadline } from './with-deadline.ts';

/** Whose profile is read: a device's, or that of the device on which a user was last identified. */
export interface Visitor {
  readonly anonymousId: string | undefined;
  readonly userId?: string | undefined;
}

/** A profile with where it came from, or why there is none. */
export type ProfileRead =
  | { readonly tier: 'live'; readonly profile: ProfileView; readonly anonymousId: string }
  | {
      readonly tier: 'last_known';
      readonly profile: ProfileView;
      readonly anonymousId: string;
      readonly reason: 'profile_deadline' | 'profile_error';
    }
  | { readonly tier: 'none'; readonly reason: 'no_visitor' | 'unknown_user' | 'profile_deadline' | 'profile_error' };

interface Found {
  readonly anonymousId: string;
  readonly profile: ProfileView;
}

/** Profiles that this isolate has read, for the case that the next read fails. */
const lastKnown = new ExpiringCache<Found>(5_000, 3_600_000);

/** Reads the live profile under a deadline; falls to the last one this isolate saw. Never throws. */
export async function readProfile(env: Env, site: string, visitor: Visitor): Promise<ProfileRead> {
  const { anonymousId, userId } = visitor;
  if (anonymousId === undefined && userId === undefined) return { tier: 'none', reason: 'no_visitor' };
  const key = userId === undefined ? `${site}/a/${anonymousId}` : `${site}/u/${userId}`;
  const outcome = await withDeadline(read(env, site, visitor), Number(env.PROFILE_DEADLINE_MS));
  if (outcome === undefined) return { tier: 'none', reason: 'unknown_user' };
  if (typeof outcome === 'object') {
    lastKnown.set(key, outcome, Date.now());
    return { tier: 'live', ...outcome };
  }
  const known = lastKnown.get(key, Date.now());
  const reason = `profile_${outcome}` as const;
  return known ? { tier: 'last_known', ...known, reason } : { tier: 'none', reason };
}

async function read(env: Env, site: string, { anonymousId, userId }: Visitor): Promise<Found | undefined> {
  const device = userId === undefined ? anonymousId : await findVisitor(env, site, userId);
  if (device === undefined) return undefined;
  return { anonymousId: device, profile: await profileStub(env, site, device).read() };
}
