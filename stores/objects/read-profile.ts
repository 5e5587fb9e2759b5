import { type ConsentDefaults, isGranted } from '../../core/consent/policy.ts';
import type { Choices } from '../../core/consent/purposes.ts';
import { deviceLedger, type Ledger, userLedger } from '../../core/identity/ledger.ts';
import type { PersonPart, PersonRead } from '../../core/profile/answers.ts';
import type { RecentItems, RecentWithFacts } from '../../core/profile/recent-items.ts';
import type { ProfileView } from '../../core/profile/view-profile.ts';
import { HOUR_MS } from '../../core/time.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import type { RequestTimer } from '../request-timer.ts';
import { WaitBudget } from '../wait-budget.ts';
import { withDeadline } from '../with-deadline.ts';
import { type ProfileStub, profileStub } from './profile-stub.ts';

/** Whose profile is read: that of the person to whom a device, or a user, belongs. */
export interface Visitor {
  readonly anonymousId: string | undefined;
  readonly userId?: string | undefined;
  /** Whether the reader named a visitor and did not prove to be him. */
  readonly unproven?: boolean;
  /**
   * What holds until the person decides on consent: a profile that may not personalize is not read. Nothing where the reader may see it
   * for other reasons.
   */
  readonly consent?: ConsentDefaults | undefined;
}

/** What of a profile is read: `view` all that readers may see, `recent` the last items, `facts` those with what rules may ask, and `cart` the ids of what is in it, newest first: what a recommendation starts from. */
interface Parts {
  readonly view: ProfileView;
  readonly recent: RecentItems;
  readonly facts: RecentWithFacts;
  readonly cart: readonly string[];
}

/** A part of a profile with where it came from, or why there is none. */
export type ProfileRead<Part extends keyof Parts> =
  | ({ readonly tier: 'live' } & Found<Part>)
  | ({ readonly tier: 'last_known'; readonly reason: 'profile_deadline' | 'profile_error' } & Found<Part>)
  | {
      readonly tier: 'none';
      readonly reason: 'no_visitor' | 'no_visitor_token' | 'no_consent' | 'profile_deadline' | 'profile_error';
    };

interface Found<Part extends keyof Parts> {
  readonly profile: Parts[Part];
  readonly choices?: Choices | undefined;
}

const LAST_KNOWN_MS = HOUR_MS;
/** What this isolate has read, for the case that the next read fails. */
const lastKnown: { readonly [Part in keyof Parts]: ExpiringCache<Found<Part>> } = {
  view: new ExpiringCache(1_000, { ttlMs: LAST_KNOWN_MS }),
  recent: new ExpiringCache(5_000, { ttlMs: LAST_KNOWN_MS }),
  facts: new ExpiringCache(1_000, { ttlMs: LAST_KNOWN_MS }),
  cart: new ExpiringCache(1_000, { ttlMs: LAST_KNOWN_MS }),
};

/** Where ledgers' persons were last found, so that the next read takes one hop. Only a hint: the objects know better. */
const homes = new ExpiringCache<Ledger>(20_000, { ttlMs: 600_000 });
/** Objects asked at most, while links are changing. */
const MAX_HOPS = 3;

/** Reads a part of the live profile under a deadline; falls to the last one this isolate saw. Never throws. */
export async function readProfile<Part extends keyof Parts>(
  env: Env,
  site: string,
  visitor: Visitor,
  part: Part,
  timer?: RequestTimer,
): Promise<ProfileRead<Part>> {
  const ledger = ledgerOf(visitor);
  if (!ledger) return { tier: 'none', reason: visitor.unproven ? 'no_visitor_token' : 'no_visitor' };
  const key = `${site}/${ledger}`;
  const known = lastKnown[part];
  const outcome = await withDeadline(
    find(env, site, ledger, part),
    new WaitBudget(Number(env.PROFILE_DEADLINE_MS), timer),
  );
  const mayUse = ({ choices }: Found<Part>) =>
    visitor.consent === undefined || isGranted(visitor.consent, choices, 'personalization');
  if (typeof outcome === 'object') {
    known.set(key, outcome, Date.now());
    return mayUse(outcome) ? { tier: 'live', ...outcome } : { tier: 'none', reason: 'no_consent' };
  }
  const last = known.get(key, Date.now());
  if (last && !mayUse(last)) return { tier: 'none', reason: 'no_consent' };
  const reason = `profile_${outcome}` as const;
  return last ? { tier: 'last_known', ...last, reason } : { tier: 'none', reason };
}

/** Reads a part of a profile: `readProfile`, or what remembers its answers. */
export type ReadProfile = typeof readProfile;

/** What a ledger's person has decided on consent; nothing where he decided nothing, or cannot be asked in time. Never throws. */
export async function readChoices(env: Env, site: string, ledger: Ledger): Promise<Choices | undefined> {
  const outcome = await withDeadline(find(env, site, ledger, 'recent'), Number(env.PROFILE_DEADLINE_MS));
  return typeof outcome === 'object' ? outcome.choices : undefined;
}

function ledgerOf({ anonymousId, userId }: Visitor): Ledger | undefined {
  if (userId !== undefined) return userLedger(userId);
  return anonymousId === undefined ? undefined : deviceLedger(anonymousId);
}

/** Asks where the person was last found, then where it is told to; the ledger itself when links change too fast to follow. */
async function find<Part extends keyof Parts>(
  env: Env,
  site: string,
  ledger: Ledger,
  part: Part,
): Promise<Found<Part>> {
  const now = Date.now();
  const key = `${site}/${ledger}`;
  const cached = homes.get(key, now);
  let home = cached ?? ledger;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    const read = await READERS[part].person(profileStub(env, site, home), ledger);
    if ('value' in read) {
      if (home !== cached && home !== ledger) homes.set(key, home, now);
      return { profile: read.value, choices: read.choices };
    }
    home = read.elsewhere;
  }
  const { value, choices } = await READERS[part].here(profileStub(env, site, ledger));
  return { profile: value, choices };
}

interface Reader<T> {
  readonly person: (stub: ProfileStub, via: Ledger) => Promise<PersonRead<T>>;
  readonly here: (stub: ProfileStub) => Promise<PersonPart<T>>;
}

// The types of RPC lose the union of what comes back.
const READERS: { readonly [Part in keyof Parts]: Reader<Parts[Part]> } = {
  view: {
    person: async (stub, via) => (await stub.read(via)) as PersonRead<ProfileView>,
    here: (stub) => stub.readHere(),
  },
  recent: {
    person: async (stub, via) => (await stub.readRecent(via)) as PersonRead<RecentItems>,
    here: (stub) => stub.readRecentHere(),
  },
  facts: {
    person: async (stub, via) => (await stub.readWithFacts(via)) as PersonRead<RecentWithFacts>,
    here: (stub) => stub.readWithFactsHere(),
  },
  cart: {
    person: async (stub, via) => (await stub.readCart(via)) as PersonRead<string[]>,
    here: (stub) => stub.readCartHere(),
  },
};
