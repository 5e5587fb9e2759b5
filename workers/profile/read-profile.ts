import { ExpiringCache } from '../../core/expiring-cache.ts';
import type { ProfileView } from '../../core/profile/view-profile.ts';
import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';
import type { UserProfile } from '../../durable-objects/user-profile/user-profile.ts';
import { findVisitor } from './find-visitor.ts';
import { withDeadline } from './with-deadline.ts';

/** Whose profile is read: a device's, or that of the device on which a user was last identified. */
export interface Visitor {
  readonly anonymousId: string | undefined;
  readonly userId?: string | undefined;
}

/** What of a profile is read: `view` all that readers may see, `recent` the ids of the last items, newest first: what a recommendation starts from. */
interface Parts {
  readonly view: ProfileView;
  readonly recent: readonly string[];
}

/** A part of a profile with where it came from, or why there is none. */
export type ProfileRead<Part extends keyof Parts> =
  | ({ readonly tier: 'live' } & Found<Part>)
  | ({ readonly tier: 'last_known'; readonly reason: 'profile_deadline' | 'profile_error' } & Found<Part>)
  | { readonly tier: 'none'; readonly reason: 'no_visitor' | 'unknown_user' | 'profile_deadline' | 'profile_error' };

interface Found<Part extends keyof Parts> {
  readonly anonymousId: string;
  readonly profile: Parts[Part];
}

const LAST_KNOWN_MS = 3_600_000;
/** What this isolate has read, for the case that the next read fails. */
const lastKnown: { readonly [Part in keyof Parts]: ExpiringCache<Found<Part>> } = {
  view: new ExpiringCache(1_000, { ttlMs: LAST_KNOWN_MS }),
  recent: new ExpiringCache(5_000, { ttlMs: LAST_KNOWN_MS }),
};

/** Reads a part of the live profile under a deadline; falls to the last one this isolate saw. Never throws. */
export async function readProfile<Part extends keyof Parts>(
  env: Env,
  site: string,
  visitor: Visitor,
  part: Part,
): Promise<ProfileRead<Part>> {
  const { anonymousId, userId } = visitor;
  if (anonymousId === undefined && userId === undefined) return { tier: 'none', reason: 'no_visitor' };
  const key = userId === undefined ? `${site}/a/${anonymousId}` : `${site}/u/${userId}`;
  const known = lastKnown[part];
  const outcome = await withDeadline(read(env, site, visitor, part), Number(env.PROFILE_DEADLINE_MS));
  if (outcome === undefined) return { tier: 'none', reason: 'unknown_user' };
  if (typeof outcome === 'object') {
    known.set(key, outcome, Date.now());
    return { tier: 'live', ...outcome };
  }
  const last = known.get(key, Date.now());
  const reason = `profile_${outcome}` as const;
  return last ? { tier: 'last_known', ...last, reason } : { tier: 'none', reason };
}

async function read<Part extends keyof Parts>(
  env: Env,
  site: string,
  { anonymousId, userId }: Visitor,
  part: Part,
): Promise<Found<Part> | undefined> {
  const device = userId === undefined ? anonymousId : await findVisitor(env, site, userId);
  if (device === undefined) return undefined;
  return { anonymousId: device, profile: await READERS[part](profileStub(env, site, device)) };
}

const READERS: { readonly [Part in keyof Parts]: (stub: DurableObjectStub<UserProfile>) => Promise<Parts[Part]> } = {
  view: (stub) => stub.read(),
  recent: (stub) => stub.readRecent(),
};
