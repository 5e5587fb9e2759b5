import { isGranted } from '../../../core/consent/policy.ts';
import { isPersonal, type Strategy } from '../../../core/decisions/strategy.ts';
import type { RecentWithFacts, RuleFacts } from '../../../core/profile/recent-items.ts';
import { withHint } from '../../../core/recommend/hint.ts';
import type { Known } from '../../../core/recommend/known.ts';
import type { ProfileRead, ReadProfile } from '../../../stores/objects/read-profile.ts';
import type { RequestTimer } from '../../../stores/request-timer.ts';
import type { ReadQuery } from '../visitor/read-query.ts';
import type { Pretence } from './rule-input.ts';

/** What a read knows of its visitor. */
export interface PersonRead {
  readonly known: (strategy: Strategy) => Known;
  readonly facts: RuleFacts | undefined;
  readonly variants: Readonly<Record<number, number>>;
}

/** A profile that nobody needs is not asked. */
export const NOT_ASKED = { tier: 'none', reason: 'not_personal' } as const;

/**
 * What is known of the visitor for each strategy that may be, and, where they are asked for, what rules may ask of him and the variants that he was
 * shown; each part of his profile is read once, all at the same time.
 */
export async function readPerson(
  env: Env,
  site: string,
  query: ReadQuery,
  strategies: readonly Strategy[],
  asks: { readonly facts: boolean; readonly variants: boolean },
  { recent }: Pretence,
  readPart: ReadProfile,
  timer: RequestTimer,
): Promise<PersonRead> {
  const mayPersonalize = isGranted(query.consent, undefined, 'personalization');
  const readsCart = strategies.includes('cart');
  const readsItems = strategies.some((strategy) => isPersonal(strategy) && strategy !== 'cart');
  const [read, cart] = await Promise.all([
    asks.facts || asks.variants || (readsItems && !recent)
      ? readPart(env, site, query, asks.facts ? 'facts' : 'recent', timer)
      : undefined,
    readsCart ? cartOf(env, site, query, readPart, timer) : NOT_ASKED,
  ]);
  const pretended: Known | undefined = recent && { tier: 'live', reason: 'pretended', recent };
  const items = pretended ?? (readsItems && read ? itemsOf(read) : NOT_ASKED);
  const said = {
    items: withHint(items, query.hint, mayPersonalize, 'items'),
    cart: withHint(cart, query.hint, mayPersonalize, 'cart'),
  };
  return {
    known: (strategy) => (!isPersonal(strategy) ? NOT_ASKED : strategy === 'cart' ? said.cart : said.items),
    facts: read && read.tier !== 'none' ? (read.profile as RecentWithFacts).facts : undefined,
    variants: (read && read.tier !== 'none' && read.profile.variants) || {},
  };
}

async function cartOf(
  env: Env,
  site: string,
  query: ReadQuery,
  readPart: ReadProfile,
  timer: RequestTimer,
): Promise<Known> {
  const read = await readPart(env, site, query, 'cart', timer);
  return read.tier === 'none' ? read : { tier: read.tier, reason: reasonOf(read), recent: read.profile };
}

/** What the profile says of the visitor's last items. */
function itemsOf(read: ProfileRead<'recent' | 'facts'>): Known {
  if (read.tier === 'none') return read;
  const { items, carts, orders = [], affinities, session, sessionUntil } = read.profile;
  const goesOn = Date.now() <= sessionUntil;
  const known = { recent: items, carts, orders, ...(affinities && { affinities }) };
  return { tier: read.tier, reason: reasonOf(read), ...known, session: goesOn ? session : 0 };
}

function reasonOf(read: Exclude<ProfileRead<'recent' | 'facts' | 'cart'>, { tier: 'none' }>): string {
  return read.tier === 'live' ? 'live_profile' : read.reason;
}
