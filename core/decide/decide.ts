import type { ServedItem } from '../catalog/served-item.ts';
import { isPersonal, type Strategy } from '../decisions/strategy.ts';
import type { Tier } from '../decisions/tier.ts';
import { arrange, type PinnedItem, type Placed } from '../merchandising/arrange.ts';
import { type Effects, NO_EFFECTS } from '../merchandising/effects.ts';
import type { DecidedItem } from '../recommend/decided-item.ts';
import type { Known } from '../recommend/known.ts';
import { reasonOf } from '../recommend/reasons.ts';
import type { Ask } from './ask.ts';
import type { Candidate, Sources } from './candidates.ts';
import { type Explanation, Trace } from './explanation.ts';
import { explored } from './explore.ts';
import { type Hidden, hiddenOf, type Rung, rungsOf } from './rungs.ts';

/** What a slot goes on with while it is not full, with what is known for it. */
export interface Fallback {
  readonly strategy: Strategy;
  readonly known: Known;
}

export interface Decision {
  /** Of the best rung that something came from. */
  readonly tier: Tier;
  /**
   * Why this tier, e.g. `live_profile`, `live_profile_and_browser`, `profile_deadline`, `no_model`, `not_personal`; with `_by_content` behind
   * it where the model had nothing and the catalogue's likeness has.
   */
  readonly reason: string;
  readonly items: readonly DecidedItem[];
  /** For who asked for it. */
  readonly explanation?: Explanation;
}

/** What else may shape a decision. */
export interface Shaping {
  readonly fallbacks?: readonly Fallback[];
  readonly effects?: Effects;
  readonly explain?: boolean;
}

/** Candidates of a slot whose rules rearrange them, for each place, and in all. */
const POOL_PER_PLACE = 3;
const MAX_POOL = 150;
/** Candidates looked up beyond what is still missing. */
const SPARE = 2;

/**
 * The one way out: what a slot shows, always. It goes down the rungs (what was asked for, the same by content, what is popular, the
 * catalogue's order) until the slot is full; what fails on the way is left out, and `reason` names it. Then come the rules: what they exclude
 * is never taken, what they weigh and pin is put in its place. A tier claims the profile only where the profile was asked.
 */
export async function decide(ask: Ask, known: Known, sources: Sources, shaping: Shaping = {}): Promise<Decision> {
  const { effects = NO_EFFECTS, fallbacks = [], explain = false } = shaping;
  const trace = explain ? new Trace() : undefined;
  const pinned = await pinnedItems(ask, sources, effects, trace);
  const pool = effects.rearranges ? Math.min(MAX_POOL, ask.limit * POOL_PER_PLACE) : ask.limit;
  const slot = new Slot(pool, sources, effects, trace);
  await slot.barVariantsOf(ask.item);
  let best: Rung['kind'] | undefined;
  let baselineFailed = false;
  // What is hidden from one strategy is hidden from all that fill the slot after it.
  const hidden = hiddenOf(ask, known);
  for (const rung of ladder(ask, pool, known, hidden, fallbacks, sources, trace)) {
    if (slot.isFull()) break;
    let candidates: readonly Candidate[] = [];
    let fault: unknown;
    try {
      candidates = await rung.candidates();
      await slot.fill(candidates, rung);
    } catch (error) {
      fault = error;
      sources.failed(rung.kind, error);
      if (rung.kind === 'baseline') baselineFailed = true;
    }
    trace?.rungs.push({
      kind: rung.kind,
      candidates: candidates.length,
      ...(fault !== undefined && { error: String(fault) }),
    });
    if (slot.items.length > 0) best ??= rung.kind;
  }
  const arranged = arrange(slot.items, pinned, effects, ask.limit);
  const items = await explored(arranged, ask, hidden, sources, effects);
  const explanation = trace ? { explanation: explained(ask, fallbacks, items, effects, trace) } : {};
  if (items.length === 0 && baselineFailed)
    return { tier: 'baseline', reason: 'catalogue_unavailable', items, ...explanation };
  return { ...tierOf(best, ask, known, sources), items: items.map(told), ...explanation };
}

/** All rungs: what was asked for, then what the slot goes on with, then what is left for all. */
function ladder(
  ask: Ask,
  pool: number,
  known: Known,
  hidden: ReadonlyMap<string, Hidden>,
  fallbacks: readonly Fallback[],
  sources: Sources,
  trace: Trace | undefined,
): Rung[] {
  const own = rungsOf(ask, known, sources, hidden, pool);
  if (trace) for (const [item, by] of hidden) trace.removed(item, by);
  if (fallbacks.length === 0) return own;
  const others = fallbacks.flatMap((fallback) => {
    const next = { ...ask, strategy: fallback.strategy };
    const more = new Map([...hiddenOf(next, fallback.known), ...hidden]);
    // To have seen them is the point of these.
    const isSeen = fallback.strategy === 'recently_viewed';
    return rungsOf(next, fallback.known, sources, isSeen ? hiddenOf(next, fallback.known) : more, pool);
  });
  const isLast = ({ kind }: Rung) => kind === 'popular' || kind === 'baseline';
  const last = (own.some(isLast) ? own : others).filter(isLast);
  return [...[...own, ...others].filter((rung) => !isLast(rung)), ...uniqueKinds(last)];
}

function uniqueKinds(rungs: readonly Rung[]): Rung[] {
  return rungs.filter(({ kind }, at) => rungs.findIndex((one) => one.kind === kind) === at);
}

/** The products that rules pin, as far as they may be shown and no rule before them excludes them; each once, under the first rule. */
async function pinnedItems(
  ask: Ask,
  sources: Sources,
  { pins, removedBy }: Effects,
  trace: Trace | undefined,
): Promise<PinnedItem[]> {
  if (pins.length === 0) return [];
  try {
    const products = await sources.products(pins.map(({ item }) => item));
    const taken = new Set<string>();
    return pins.flatMap(({ item: id, place, rule, rank }) => {
      const item = products.get(id);
      const by = item ? removedBy(item, rank) : 'unavailable';
      if (by !== undefined) trace?.removed(id, by === 'unavailable' ? by : `rule: ${by}`);
      if (!item || by !== undefined || id === ask.item || taken.has(id)) return [];
      taken.add(id);
      return [{ item, score: 1, reason: reasonOf('pinned', item), place, rule }];
    });
  } catch (error) {
    sources.failed('pinned', error);
    return [];
  }
}

/** As it is answered: without what only an explanation tells. */
function told({ item, score, reason }: DecidedItem): DecidedItem {
  return { item, score, reason };
}

function explained(
  ask: Ask,
  fallbacks: readonly Fallback[],
  items: readonly Placed[],
  { verdicts }: Effects,
  trace: Trace,
): Explanation {
  return {
    strategies: [ask.strategy, ...fallbacks.map(({ strategy }) => strategy)],
    rungs: trace.rungs,
    rules: [...verdicts()],
    items: items.map(({ item, reason, score, weight, rules }) => ({
      item: item.id,
      reason: reason.code,
      score,
      weight,
      rules: [...rules],
    })),
    removed: trace.removedItems(new Set(items.map(({ item }) => item.id))),
  };
}

function tierOf(
  best: Rung['kind'] | undefined,
  ask: Ask,
  known: Known,
  { hasModel }: Sources,
): Pick<Decision, 'tier' | 'reason'> {
  const served = servedBy(ask, known);
  if (best === 'asked' && served) return served;
  if (best === 'content' && served) return { ...served, reason: `${served.reason}_by_content` };
  if (ask.strategy === 'recently_viewed')
    return served ? { ...served, reason: 'nothing_viewed' } : { tier: 'baseline', reason: whyNot(ask, known) };
  if (best === 'popular') return { tier: 'popular', reason: whyNot(ask, known) };
  return { tier: 'baseline', reason: hasModel ? whyNot(ask, known) : 'no_model' };
}

/** The tier of what was asked for; nothing when it cannot be had. */
function servedBy(ask: Ask, known: Known): Pick<Decision, 'tier' | 'reason'> | undefined {
  if (!isPersonal(ask.strategy)) return { tier: 'popular', reason: 'not_personal' };
  if (known.tier === 'none') return undefined;
  return { tier: known.tier, reason: known.reason };
}

/** Why what was asked for could not be had. */
function whyNot(ask: Ask, known: Known): string {
  if (known.tier === 'none') return known.reason;
  return ask.strategy === 'cart' && known.recent.length === 0 ? 'empty_cart' : 'nothing_known';
}

/** What is shown so far: products that may be shown, each once, of a group's variants one. */
class Slot {
  readonly items: DecidedItem[] = [];
  private readonly limit: number;
  private readonly sources: Sources;
  private readonly effects: Effects;
  private readonly trace: Trace | undefined;
  private readonly taken = new Set<string>();
  private readonly groups = new Set<string>();

  constructor(limit: number, sources: Sources, effects: Effects, trace: Trace | undefined) {
    this.limit = limit;
    this.sources = sources;
    this.effects = effects;
    this.trace = trace;
  }

  /** The page shows a variant already: no other one is needed beside it. */
  async barVariantsOf(item: string | undefined): Promise<void> {
    if (item === undefined) return;
    try {
      const group = (await this.sources.products([item])).get(item)?.group;
      if (group !== undefined) this.groups.add(group);
    } catch (error) {
      this.sources.failed('page', error);
    }
  }

  isFull(): boolean {
    return this.items.length >= this.limit;
  }

  /** Takes what may be shown of the candidates, best first, while there is room. */
  async fill(candidates: readonly Candidate[], rung: Rung): Promise<void> {
    // The best ones first; the others are looked up only for those that are not available.
    for (let from = 0; from < candidates.length && !this.isFull(); ) {
      const room = this.limit - this.items.length + SPARE;
      const next: Candidate[] = [];
      const ids: string[] = [];
      for (; from < candidates.length && next.length < room; from += 1) {
        const candidate = candidates[from] as Candidate;
        const { item, because } = candidate;
        if (this.taken.has(item)) continue;
        next.push(candidate);
        ids.push(item);
        if (because !== undefined && !ids.includes(because)) ids.push(because);
      }
      const products = await this.sources.products(ids);
      for (const candidate of next) {
        const item = products.get(candidate.item);
        if (this.isFull() || !this.mayTake(candidate.item, item)) continue;
        const title = candidate.because === undefined ? undefined : products.get(candidate.because)?.title;
        const reason = reasonOf(rung.reason(candidate), item, candidate.because, title);
        this.items.push({ item, score: candidate.score, reason });
      }
    }
  }

  /** Whether a candidate may stand there, and if not, notes why. */
  private mayTake(id: string, item: ServedItem | undefined): item is ServedItem {
    if (!item) {
      this.trace?.removed(id, 'unavailable');
      return false;
    }
    const by = this.effects.removedBy(item);
    if (by !== undefined) {
      this.trace?.removed(id, by === 'filter' ? by : `rule: ${by}`);
      return false;
    }
    const isVariant = this.isShown(item);
    if (isVariant) this.trace?.removed(id, 'variant');
    return !isVariant;
  }

  /** Whether it, or another variant of it, is shown already; if not, it is now. */
  private isShown({ id, group }: ServedItem): boolean {
    if (this.taken.has(id) || (group !== undefined && this.groups.has(group))) return true;
    this.taken.add(id);
    if (group !== undefined) this.groups.add(group);
    return false;
  }
}
