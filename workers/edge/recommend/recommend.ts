import type { Ask } from '../../../core/decide/ask.ts';
import { type Decision, decide } from '../../../core/decide/decide.ts';
import type { Strategy } from '../../../core/decisions/strategy.ts';
import { slotFor } from '../../../core/merchandising/compile.ts';
import { contentOf, textIn } from '../../../core/merchandising/content.ts';
import type { SlotDefinition } from '../../../core/merchandising/document.ts';
import { type Effects, effectsOf, NO_EFFECTS, type RuleInput } from '../../../core/merchandising/effects.ts';
import type { PossibleRules } from '../../../core/merchandising/rule-index.ts';
import { slotPlan } from '../../../core/merchandising/slot-plan.ts';
import { once } from '../../../core/once.ts';
import type { Known } from '../../../core/recommend/known.ts';
import type { ShownContent } from '../../../core/templates/shown-content.ts';
import type { Template } from '../../../core/templates/template.ts';
import { log } from '../../../stores/log.ts';
import { type CurrentPlan, currentPlan, heldPlan } from '../../../stores/merchandising/current-plan.ts';
import { heldModel, loadModel, type Model } from '../../../stores/model/load-model.ts';
import { type ReadProfile, readProfile } from '../../../stores/objects/read-profile.ts';
import { RequestTimer } from '../../../stores/request-timer.ts';
import { WaitBudget } from '../../../stores/wait-budget.ts';
import { withDeadline } from '../../../stores/with-deadline.ts';
import type { ReadQuery } from '../visitor/read-query.ts';
import { NOT_ASKED, readPerson } from './read-person.ts';
import { contextOf, type Place, type Pretence, ruleInput } from './rule-input.ts';
import { heldSources, type Patience, sourcesOf } from './sources.ts';
import { experimentsAt, type GivenTrials, NO_TRIALS, trialsOf } from './trials.ts';

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
  /** Variants of experiments that it was decided under. */
  readonly given: GivenTrials;
  /** Version of the model; 0 without one. */
  readonly model: number;
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
  readonly read?: ReadProfile;
  /** How long it may take at most, ms, however long the slot may. */
  readonly within?: number;
  /** Of the request; who fills several slots of one page waits for all of them by one. */
  readonly timer?: RequestTimer;
}

/** Which shares of its deadline a read waits in all for the bucket of models and for the catalogue, and how long at most: one that is slow leaves time to decide without it. */
const MODELS_SHARE = 0.75;
const CATALOGUE_SHARE = 0.6;
const PATIENCE_MS = 300;
/** How long a slot may take that nobody has defined. */
const DEADLINE_MS = 400;
/** The share of the places of a slot that nobody has defined, which goes to products that have come lately. */
const EXPLORE = 0.05;

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
  const slot = (options.plan ?? heldPlan(site))?.plan.slots.get(query.slot);
  const { timer = new RequestTimer(), within = Number.POSITIVE_INFINITY } = options;
  const deadline = new WaitBudget(Math.min(slot?.deadline ?? DEADLINE_MS, within), timer);
  const outcome = await withDeadline(recommendLive(env, site, query, place, options, deadline), deadline);
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
  { plan: other, explain = false, pretend = {}, read = readProfile }: RecommendOptions,
  deadline: WaitBudget,
): Promise<Recommendation> {
  const startedAt = Date.now();
  const { timer } = deadline;
  const patience = patienceOf(deadline, startedAt);
  const modelRead = modelOf(env, site, patience.models);
  const current = other ?? (await currentPlan(env, site));
  const experiments = experimentsAt(current, query);
  const said = current ? slotPlan(current.plan, query.slot) : undefined;
  const defined = current?.plan.slots.get(query.slot)?.strategies ?? [query.strategy];
  const now = pretend.at ?? Date.now();
  const context = once(() => contextOf(query, place(), pretend, now));
  // What is not for this place asks nothing of anybody.
  const possible = possibleAt(current, query, context);
  const mayBe = [...defined, ...(said?.strategies ?? []), ...(possible?.strategies ?? [])];
  const asks =
    pretend.visitor === undefined &&
    (possible?.asksProfile === true || experiments.some((experiment) => experiment.asksProfile));
  const [model, person] = await Promise.all([
    modelRead,
    readPerson(env, site, query, mayBe, { facts: asks, variants: experiments.length > 0 }, pretend, read, timer),
  ]);
  const profileMs = Date.now() - startedAt;
  const asPerson = once(() => ruleInput(query, context(), person.facts, pretend, now));
  const given = trialsOf(site, experiments, query, person.variants, asPerson, now);
  const known = given.heldOut ? knowsNothing : person.known;
  const asNobody = () => ruleInput(query, context(), undefined, pretend, now);
  const effects = effectsFor(current, query, possible, given.heldOut ? asNobody : asPerson, now, given);
  const strategies = definitionOf(current, query, given)?.strategies ?? [query.strategy];
  const [strategy = 'for_you', ...others] = effects.strategy ? [effects.strategy, ...strategies] : strategies;
  const fallbacks = others
    .filter((other) => other !== strategy)
    .map((other) => ({ strategy: other, known: known(other) }));
  const sources = sourcesOf(env, site, model, query, patience, now);
  const ask = { ...askOf(query, strategy, current, given), ranker: effects.ranker };
  const decision = await decide(ask, known(strategy), sources, {
    effects,
    explain,
    fallbacks,
  });
  return shown(decision, query, strategy, current, effects, { given, model: model?.version ?? 0, profileMs });
}

/** What a read with this deadline waits for what it asks several times. */
function patienceOf(deadline: WaitBudget, now: number): Patience {
  const budget = (share: number) => new WaitBudget(Math.min(PATIENCE_MS, deadline.left(now) * share), deadline.timer);
  return { catalogue: budget(CATALOGUE_SHARE), models: budget(MODELS_SHARE) };
}

/** Who is held out is as one of whom nothing is known. */
const knowsNothing = (): Known => ({ tier: 'none', reason: 'held_out' });

/** What an isolate shows by itself, asking nobody: what is popular, as the rules say of somebody who is not known. */
async function recommendHeld(
  site: string,
  query: ReadQuery,
  place: () => Place,
  { plan: other, explain = false, pretend = {} }: RecommendOptions,
  reason: string,
  profileMs: number,
): Promise<Recommendation> {
  const current = other ?? heldPlan(site);
  const now = pretend.at ?? Date.now();
  const context = once(() => contextOf(query, place(), pretend, now));
  const asNobody = () => ruleInput(query, context(), undefined, pretend, now);
  const effects = effectsFor(current, query, possibleAt(current, query, context), asNobody, now, NO_TRIALS);
  const sources = heldSources(site, heldModel(site), query.locale, now);
  const decision = await decide(askOf(query, 'trending', current, NO_TRIALS), NOT_ASKED, sources, { effects, explain });
  const [strategy = query.strategy] = current?.plan.slots.get(query.slot)?.strategies ?? [];
  const rest = { given: NO_TRIALS, model: heldModel(site)?.version ?? 0, profileMs };
  return shown({ ...decision, reason }, query, strategy, current, effects, rest);
}

/** The rules that may hold at this place; nothing where nobody has said anything of the slot. */
function possibleAt(
  current: CurrentPlan | null,
  { slot }: ReadQuery,
  context: () => RuleInput['context'],
): PossibleRules | undefined {
  const said = current ? slotPlan(current.plan, slot) : undefined;
  return said?.isRuled ? said.rules.possible(context()) : undefined;
}

function effectsFor(
  current: CurrentPlan | null,
  { slot }: ReadQuery,
  possible: PossibleRules | undefined,
  input: () => RuleInput,
  now: number,
  { trials }: GivenTrials,
): Effects {
  if (!current || !possible) return NO_EFFECTS;
  return effectsOf(current.plan, slot, possible.rules, input, now, trials);
}

/** The slot as it is in the variants that its visitor was given. */
function definitionOf(current: CurrentPlan | null, { slot }: ReadQuery, { trials }: GivenTrials) {
  return current ? slotFor(current.plan, slot, trials) : undefined;
}

function askOf(query: ReadQuery, strategy: Strategy, current: CurrentPlan | null, given: GivenTrials): Ask {
  const {
    limit = query.limit,
    seen = query.seen,
    explore: share = EXPLORE,
  } = definitionOf(current, query, given) ?? {};
  return { strategy, limit, seen, item: query.item, explore: { share, chance: Math.random } };
}

/** A decision as the slot shows it. */
function shown(
  decision: Decision,
  query: ReadQuery,
  strategy: Strategy,
  current: CurrentPlan | null,
  effects: Effects,
  rest: Pick<Recommendation, 'given' | 'model' | 'profileMs'>,
): Recommendation {
  const { slot, locale } = query;
  const definition = definitionOf(current, query, rest.given);
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
    ...rest,
  };
}

/** The site's model, unless it does not come in time. */
async function modelOf(env: Env, site: string, budget: WaitBudget): Promise<Model | null> {
  const model = await withDeadline(loadModel(env, site), budget);
  if (typeof model !== 'string') return model;
  log('model_unavailable', { site, why: model });
  return null;
}
