import type { ServedItem } from '../catalog/served-item.ts';
import type { Candidate, Sources } from './candidates.ts';
import type { Known } from './known.ts';
import { type Reason, reasonOf } from './reasons.ts';
import { type Rung, rungsOf } from './rungs.ts';
import { isPersonal, type Strategy } from './strategy.ts';

/** Which rung of the ladder served: the live profile, the last one known, what is popular, or the catalogue's own order. */
export const TIERS = ['live', 'last_known', 'popular', 'baseline'] as const;
export type Tier = (typeof TIERS)[number];

/** What is asked for. */
export interface Ask {
  readonly strategy: Strategy;
  readonly limit: number;
  /** The product of the page. */
  readonly item?: string | undefined;
  /** Whether what the visitor has seen may be shown to him again. Default: `hide`. */
  readonly seen?: 'hide' | 'show' | undefined;
}

export interface DecidedItem {
  readonly item: ServedItem;
  readonly score: number;
  readonly reason: Reason;
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
}

/** Candidates looked up beyond what is still missing. */
const SPARE = 2;

/**
 * The one way out: what a slot shows, always. It goes down the rungs (what was asked for, the same by content, what is popular, the
 * catalogue's order) until the slot is full; what fails on the way is left out, and `reason` names it. A tier claims the profile only where
 * the profile was asked.
 */
export async function decide(ask: Ask, known: Known, sources: Sources): Promise<Decision> {
  const slot = new Slot(ask.limit, sources);
  let best: Rung['kind'] | undefined;
  let baselineFailed = false;
  for (const rung of rungsOf(ask, known, sources)) {
    if (slot.isFull()) break;
    try {
      await slot.fill(await rung.candidates(), rung);
    } catch (error) {
      sources.failed(rung.kind, error);
      if (rung.kind === 'baseline') baselineFailed = true;
    }
    if (slot.items.length > 0) best ??= rung.kind;
  }
  const { items } = slot;
  if (best === undefined && baselineFailed) return { tier: 'baseline', reason: 'catalogue_unavailable', items };
  return { ...tierOf(best, ask, known, sources), items };
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
  private readonly taken = new Set<string>();
  private readonly groups = new Set<string>();

  constructor(limit: number, sources: Sources) {
    this.limit = limit;
    this.sources = sources;
  }

  isFull(): boolean {
    return this.items.length >= this.limit;
  }

  /** Takes what may be shown of the candidates, best first, while there is room. */
  async fill(candidates: readonly Candidate[], rung: Rung): Promise<void> {
    const fresh = candidates.filter(({ item }) => !this.taken.has(item));
    // The best ones first; the others are looked up only for those that are not available.
    for (let from = 0; from < fresh.length && !this.isFull(); ) {
      const next = fresh.slice(from, from + this.limit - this.items.length + SPARE);
      from += next.length;
      const ids = new Set(next.flatMap(({ item, because }) => (because === undefined ? [item] : [item, because])));
      const products = await this.sources.products(ids);
      for (const candidate of next) {
        const item = products.get(candidate.item);
        if (!item || this.isFull() || this.isShown(item)) continue;
        const title = candidate.because === undefined ? undefined : products.get(candidate.because)?.title;
        const reason = reasonOf(rung.reason(candidate), item, candidate.because, title);
        this.items.push({ item, score: candidate.score, reason });
      }
    }
  }

  /** Whether it, or another variant of it, is shown already; if not, it is now. */
  private isShown({ id, group }: ServedItem): boolean {
    if (this.taken.has(id) || (group !== undefined && this.groups.has(group))) return true;
    this.taken.add(id);
    if (group !== undefined) this.groups.add(group);
    return false;
  }
}
