import type { Item } from '../../../core/catalog/item.ts';
import { type ServedItem, servedItem } from '../../../core/catalog/served-item.ts';
import { isGranted } from '../../../core/consent/policy.ts';
import type { Sources } from '../../../core/recommend/candidates.ts';
import { type Decision, decide } from '../../../core/recommend/decide.ts';
import { withHint } from '../../../core/recommend/hint.ts';
import type { Known } from '../../../core/recommend/known.ts';
import { isPersonal, type Strategy } from '../../../core/recommend/strategy.ts';
import { firstItems, readItems, relatedItems } from '../../../stores/catalog/read-items.ts';
import { log } from '../../../stores/log.ts';
import { loadModel, type Model } from '../../../stores/model/load-model.ts';
import { type ProfileRead, readProfile } from '../../../stores/objects/read-profile.ts';
import { withDeadline } from '../../../stores/with-deadline.ts';
import type { ReadQuery } from '../visitor/read-query.ts';

/** A decision with what it answers and what it took. */
export interface Recommendation extends Decision {
  readonly slot: string;
  readonly strategy: Strategy;
  /** ms that the profile took. */
  readonly profileMs: number;
}

/** How long a read waits for a model that its isolate does not know. */
const MODEL_DEADLINE_MS = 300;
/** A profile that nobody needs is not asked. */
const NOT_ASKED = { tier: 'none', reason: 'not_personal' } as const;

/** Answers a read, always: asks the profile if the strategy needs it, and the model, at once, and lets `decide` do the rest. */
export async function recommend(env: Env, site: string, query: ReadQuery): Promise<Recommendation> {
  const startedAt = Date.now();
  const ofCart = query.strategy === 'cart';
  const [known, model] = await Promise.all([
    isPersonal(query.strategy) ? knownOf(env, site, query, ofCart) : NOT_ASKED,
    modelOf(env, site),
  ]);
  const profileMs = Date.now() - startedAt;
  const mayPersonalize = isGranted(query.consent, undefined, 'personalization');
  const said = withHint(known, query.hint, mayPersonalize, ofCart ? 'cart' : 'items');
  const decision = await decide(query, said, sourcesOf(env, site, model, query.locale));
  return { ...decision, slot: query.slot, strategy: query.strategy, profileMs };
}

/** The site's model, unless it does not come in time. */
async function modelOf(env: Env, site: string): Promise<Model | null> {
  const model = await withDeadline(loadModel(env, site), MODEL_DEADLINE_MS);
  if (typeof model !== 'string') return model;
  log('model_unavailable', { site, why: model });
  return null;
}

/** What the profile knows of the visitor's last items, or of his cart. */
async function knownOf(env: Env, site: string, query: ReadQuery, ofCart: boolean): Promise<Known> {
  if (ofCart) {
    const read = await readProfile(env, site, query, 'cart');
    return read.tier === 'none' ? read : { tier: read.tier, reason: reasonOf(read), recent: read.profile };
  }
  const read = await readProfile(env, site, query, 'recent');
  if (read.tier === 'none') return read;
  const { items, carts, orders = [], session, sessionUntil } = read.profile;
  const goesOn = Date.now() <= sessionUntil;
  return { tier: read.tier, reason: reasonOf(read), recent: items, carts, orders, session: goesOn ? session : 0 };
}

function reasonOf(read: Exclude<ProfileRead<'recent' | 'cart'>, { tier: 'none' }>): string {
  return read.tier === 'live' ? 'live_profile' : read.reason;
}

function sourcesOf(env: Env, site: string, model: Model | null, locale: string | undefined): Sources {
  const now = Date.now();
  const served = (items: Iterable<Item>): ServedItem[] =>
    [...items].flatMap((item) => servedItem(item, locale, now) ?? []);
  return {
    hasModel: model !== null,
    near: async (items, limit, hidden, purpose) => (model ? model.near(env, items, limit, hidden, purpose) : []),
    related: (item, limit) => relatedItems(env, site, item, limit),
    popular: (limit, hidden) => (model ? model.trending(limit, hidden) : []),
    products: async (ids) => byId(served((await readItems(env, site, ids)).values())),
    first: async (limit) => served(await firstItems(env, site, limit)),
    failed: (rung, error) => log('recommend_degraded', { site, rung, error: String(error) }),
  };
}

function byId(items: readonly ServedItem[]): Map<string, ServedItem> {
  return new Map(items.map((item) => [item.id, item]));
}
