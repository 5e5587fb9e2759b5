import type { Item } from '../../../core/catalog/item.ts';
import { type ServedItem, servedItem } from '../../../core/catalog/served-item.ts';
import { isGranted } from '../../../core/consent/policy.ts';
import type { Ask } from '../../../core/decide/ask.ts';
import type { Sources } from '../../../core/decide/candidates.ts';
import { type Decision, decide } from '../../../core/decide/decide.ts';
import { asksProfile, type Plan } from '../../../core/merchandising/compile.ts';
import { contentOf, textIn } from '../../../core/merchandising/content.ts';
import type { SlotDefinition } from '../../../core/merchandising/document.ts';
import { type Effects, effectsOf, isRuled, NO_EFFECTS } from '../../../core/merchandising/effects.ts';
import type { RecentWithFacts, RuleFacts } from '../../../core/profile/recent-items.ts';
import { withHint } from '../../../core/recommend/hint.ts';
import type { Known } from '../../../core/recommend/known.ts';
import { isPersonal, type Strategy } from '../../../core/recommend/strategy.ts';
import type { ShownContent } from '../../../core/templates/shown-content.ts';
import type { Template } from '../../../core/templates/template.ts';
import { heldItems } from '../../../stores/catalog/item-cache.ts';
import { firstItems, heldFirst, newItemIds, readItems, relatedItems } from '../../../stores/catalog/read-items.ts';
import { log } from '../../../stores/log.ts';
import { type CurrentPlan, currentPlan, heldPlan } from '../../../stores/merchandising/current-plan.ts';
import { heldModel, loadModel, type Model } from '../../../stores/model/load-model.ts';
import { type ProfileRead, readProfile } from '../../../stores/objects/read-profile.ts';
import { withDeadline } from '../../../stores/with-deadline.ts';
import type { ReadQuery } from '../visitor/read-query.ts';
import { type Place, type Pretence, ruleInput } from './rule-input.ts';

/** A decision with what it answers and what it took. */
export interface Recommendation extends Decision {
  readonly slot: string;
  readonly strategy: Strategy;
  readonly locale: string | undefined;
  readonly layout: SlotDefinition['layout'] | undefined;
  readonly template: Template | undefined;
  /** In the language of the page. */
  readonly heading: string | undefined;
  readonly content: ShownContent | undefined;
  /** Version of the slots and rules that held; 0 where none did. */
  readonly merchandising: number;
  /** ms that the profile took. */
  readonly profileMs: number;
}

/** What else a caller decides on. */
export interface RecommendOptions {
  /** Other slots and rules than those in force. */
  readonly plan?: CurrentPlan | undefined;
  readonly explain?: boolean;
  /** Laid over what there is of the visitor and his place, to see what would be shown then. */
  readonly pretend?: Pretence | undefined;
  /** Reads profiles; who fills several slots of one page reads each part once. */
  readonly read?: typeof readProfile;
}

/** How long a read waits for a model that its isolate does not know. */
const MODEL_DEADLINE_MS = 300;
/** How long a slot may take that nobody has defined. */
const DEADLINE_MS = 400;
/** The share of the places of a slot that nobody has defined, which goes to products that have come lately. */
const EXPLORE = 0.05;
/** A profile that nobody needs is not asked. */
const NOT_ASKED = { tier: 'none', reason: 'not_personal' } as const;

/**
 * Answers a read, always, and within the slot's deadline: what is late or fails is answered from what this isolate knows.
 *
 * @param place where the visitor is, as far as conditions may ask.
 */
export async function recommend(
  env: Env,
  site: string,
  query: ReadQuery,
  place: () => Place,
  options: RecommendOptions = {},
): Promise<Recommendation> {
  const startedAt = Date.now();
  const { deadline = DEADLINE_MS } = (options.plan ?? heldPlan(site))?.plan.slots.get(query.slot) ?? {};
  const outcome = await withDeadline(recommendLive(env, site, query, place, options), deadline);
  if (typeof outcome !== 'string') return outcome;
  log('slot_overdue', { site, slot: query.slot, why: outcome });
  return recommendHeld(site, query, place, options, `slot_${outcome}`, Date.now() - startedAt);
}

/**
 * Takes what the slot and the rules of the site say, asks the profile if a strategy or a condition needs it, and the model, at once, and lets
 * `decide` do the rest.
 */
async function recommendLive(
  env: Env,
  site: string,
  query: ReadQuery,
  place: () => Place,
  { plan: given, explain = false, pretend = {}, read = readProfile }: RecommendOptions,
): Promise<Recommendation> {
  const startedAt = Date.now();
  const modelRead = modelOf(env, site);
  const current = given ?? (await currentPlan(env, site));
  const strategies = current?.plan.slots.get(query.slot)?.strategies ?? [query.strategy];
  const mayBe = new Set([...strategies, ...(current ? ruleStrategies(current.plan, query.slot) : [])]);
  const asks = current !== null && pretend.visitor === undefined && asksProfile(current.plan, query.slot);
  const [model, { known, facts }] = await Promise.all([
    modelRead,
    profileReads(env, site, query, mayBe, asks, pretend, read),
  ]);
  const profileMs = Date.now() - startedAt;
  const now = pretend.at ?? Date.now();
  const effects = effectsFor(current, query, place, facts, pretend, now);
  const [strategy = 'for_you', ...others] = effects.strategy ? [effects.strategy, ...strategies] : strategies;
  const fallbacks = others
    .filter((other) => other !== strategy)
    .map((other) => ({ strategy: other, known: known(other) }));
  const sources = sourcesOf(env, site, model, query.locale, now);
  const decision = await decide(askOf(query, strategy, current), known(strategy), sources, {
    effects,
    explain,
    fallbacks,
  });
  return shown(decision, query, strategy, current, effects, profileMs);
}

/** What an isolate shows by itself, asking nobody: what is popular, as the rules say of somebody who is not known. */
async function recommendHeld(
  site: string,
  query: ReadQuery,
  place: () => Place,
  { plan: given, explain = false, pretend = {} }: RecommendOptions,
  reason: string,
  profileMs: number,
): Promise<Recommendation> {
  const current = given ?? heldPlan(site);
  const now = pretend.at ?? Date.now();
  const effects = effectsFor(current, query, place, undefined, pretend, now);
  const sources = heldSources(site, heldModel(site), query.locale, now);
  const decision = await decide(askOf(query, 'trending', current), NOT_ASKED, sources, { effects, explain });
  const [strategy = query.strategy] = current?.plan.slots.get(query.slot)?.strategies ?? [];
  return shown({ ...decision, reason }, query, strategy, current, effects, profileMs);
}

function effectsFor(
  current: CurrentPlan | null,
  query: ReadQuery,
  place: () => Place,
  facts: RuleFacts | undefined,
  pretend: Pretence,
  now: number,
): Effects {
  if (!current || !isRuled(current.plan, query.slot)) return NO_EFFECTS;
  return effectsOf(current.plan, query.slot, ruleInput(query, place(), facts, pretend, now), now);
}

function askOf(query: ReadQuery, strategy: Strategy, current: CurrentPlan | null): Ask {
  const {
    limit = query.limit,
    seen = query.seen,
    explore: share = EXPLORE,
  } = current?.plan.slots.get(query.slot) ?? {};
  return { strategy, limit, seen, item: query.item, explore: { share, chance: Math.random } };
}

/** A decision as the slot shows it. */
function shown(
  decision: Decision,
  { slot, locale }: ReadQuery,
  strategy: Strategy,
  current: CurrentPlan | null,
  effects: Effects,
  profileMs: number,
): Recommendation {
  const definition = current?.plan.slots.get(slot);
  return {
    ...decision,
    slot,
    strategy,
    locale,
    layout: definition?.layout,
    template: definition?.template,
    heading: textIn(definition?.heading, locale),
    content: contentOf(definition, effects.content, locale),
    merchandising: current?.version ?? 0,
    profileMs,
  };
}

/** Strategies that a rule may choose for a slot. */
function ruleStrategies({ active, rules }: Plan, slot: string): Strategy[] {
  if (!active) return [];
  return rules
    .filter(({ enabled, slots }) => enabled && (slots?.includes(slot) ?? true))
    .flatMap(({ actions }) => actions.flatMap((action) => (action.do === 'strategy' ? [action.strategy] : [])));
}

/**
 * What is known of the visitor for each strategy that may be, and, if `asks`, what rules may ask of him; each part of his profile is read once, all
 * at the same time.
 */
async function profileReads(
  env: Env,
  site: string,
  query: ReadQuery,
  strategies: ReadonlySet<Strategy>,
  asks: boolean,
  { recent }: Pretence,
  readPart: typeof readProfile,
): Promise<{ readonly known: (strategy: Strategy) => Known; readonly facts: RuleFacts | undefined }> {
  const mayPersonalize = isGranted(query.consent, undefined, 'personalization');
  const wanted = [...strategies].filter(isPersonal);
  const readsItems = wanted.some((strategy) => strategy !== 'cart');
  const [read, cart] = await Promise.all([
    asks || (readsItems && !recent) ? readPart(env, site, query, asks ? 'facts' : 'recent') : undefined,
    wanted.includes('cart') ? cartOf(env, site, query, readPart) : NOT_ASKED,
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
  };
}

/** The site's model, unless it does not come in time. */
async function modelOf(env: Env, site: string): Promise<Model | null> {
  const model = await withDeadline(loadModel(env, site), MODEL_DEADLINE_MS);
  if (typeof model !== 'string') return model;
  log('model_unavailable', { site, why: model });
  return null;
}

async function cartOf(env: Env, site: string, query: ReadQuery, readPart: typeof readProfile): Promise<Known> {
  const read = await readPart(env, site, query, 'cart');
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

function sourcesOf(env: Env, site: string, model: Model | null, locale: string | undefined, now: number): Sources {
  return {
    ...heldSources(site, model, locale, now),
    near: async (items, limit, hidden, purpose) => (model ? model.near(env, items, limit, hidden, purpose) : []),
    related: (item, limit) => relatedItems(env, site, item, limit),
    products: async (ids) => byId(served((await readItems(env, site, ids)).values(), locale, now)),
    fresh: () => newItemIds(env, site),
    first: async (limit) => served(await firstItems(env, site, limit), locale, now),
  };
}

/** What this isolate knows, without a word to anybody. */
function heldSources(site: string, model: Model | null, locale: string | undefined, now: number): Sources {
  return {
    hasModel: model !== null,
    near: async () => [],
    related: async () => [],
    popular: (limit, hidden) => (model ? model.trending(limit, hidden) : []),
    products: async (ids) => byId(served(heldItems(site, ids), locale, now)),
    fresh: () => [],
    first: async (limit) => served(heldFirst(site, limit), locale, now),
    failed: (rung, error) => log('recommend_degraded', { site, rung, error: String(error) }),
  };
}

/** Products as they are told to a visitor now; none that he may not have. */
function served(items: Iterable<Item>, locale: string | undefined, now: number): ServedItem[] {
  return [...items].flatMap((item) => servedItem(item, locale, now) ?? []);
}

function byId(items: readonly ServedItem[]): Map<string, ServedItem> {
  return new Map(items.map((item) => [item.id, item]));
}
