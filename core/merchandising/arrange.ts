import type { ServedItem } from '../catalog/served-item.ts';
import type { DecidedItem } from '../recommend/decided-item.ts';
import type { Effects } from './effects.ts';

/** What weighs a likeness of two products, and prices that are alike. */
const ALIKE = { category: 0.5, brand: 0.3, price: 0.2 } as const;
const PRICE_STEP = 1.2;

/** A product that a rule puts at a place. */
export interface PinnedItem extends DecidedItem {
  readonly place: number;
  readonly rule: string;
}

/** A product with what made its place. */
export interface Placed extends DecidedItem {
  /** By its place among the candidates, times the factor of the rules. */
  readonly weight: number;
  readonly rules: readonly string[];
}

const NO_RULES: readonly string[] = [];

/**
 * Puts candidates that may be shown, best first, into the order that the rules want: weighed by rules, then one by one those that are best and
 * least like those before them (maximal marginal relevance, Carbonell and Goldstein, SIGIR 1998), then pins at their places.
 */
export function arrange(
  candidates: readonly DecidedItem[],
  pinned: readonly PinnedItem[],
  effects: Effects,
  limit: number,
): Placed[] {
  if (pinned.length === 0 && !effects.rearranges)
    return candidates.slice(0, limit).map((one, at) => ({ ...one, weight: 1 / (at + 1), rules: NO_RULES }));
  const held = new Set(
    pinned.flatMap(({ item: { id, group } }) => (group === undefined ? [id] : [id, `group ${group}`])),
  );
  const free = candidates.filter(
    ({ item: { id, group } }) => !held.has(id) && (group === undefined || !held.has(`group ${group}`)),
  );
  const weighed = free
    .map((one, at): Placed => {
      const { factor, rules } = effects.factorOf(one.item);
      return { ...one, weight: factor / (at + 1), rules };
    })
    .sort((a, b) => b.weight - a.weight);
  const placed = effects.diversity > 0 ? diversified(weighed, effects.diversity, limit) : weighed.slice(0, limit);
  for (const { place, rule, ...one } of pinned.toSorted((a, b) => a.place - b.place))
    placed.splice(Math.min(place - 1, placed.length), 0, { ...one, weight: 1, rules: [rule] });
  return placed.slice(0, limit);
}

function diversified(weighed: readonly Placed[], diversity: number, limit: number): Placed[] {
  const left = [...weighed];
  const taken: Placed[] = [];
  /** How alike each of those that are left is to what is taken. */
  const alikes = new Float64Array(left.length);
  const most = weighed[0]?.weight ?? 1;
  for (let last: Placed | undefined; left.length > 0 && taken.length < limit; ) {
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < left.length; at += 1) {
      const { item, weight } = left[at] as Placed;
      // Only what was taken last can have made it more alike to what is taken.
      const alike: number = last ? Math.max(alikes[at] as number, likeness(item, last.item)) : 0;
      alikes[at] = alike;
      const score = (1 - diversity) * (weight / most) - diversity * alike;
      if (score <= bestScore) continue;
      best = at;
      bestScore = score;
    }
    last = left[best] as Placed;
    taken.push(last);
    left.splice(best, 1);
    alikes.copyWithin(best, best + 1);
  }
  return taken;
}

/** How alike two products look, 0 to 1. */
function likeness(one: ServedItem, other: ServedItem): number {
  const price =
    one.price && other.price ? Math.abs(Math.log((one.price.amount + 0.01) / (other.price.amount + 0.01))) : 9;
  return (
    (one.category !== undefined && one.category === other.category ? ALIKE.category : 0) +
    (one.brand !== undefined && one.brand === other.brand ? ALIKE.brand : 0) +
    (price < Math.log(PRICE_STEP) ? ALIKE.price : 0)
  );
}
