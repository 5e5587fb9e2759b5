import type { KeyedLists, Listed } from '../lists/keyed-lists.ts';

/** What one buyer has ordered at once. */
export interface Basket {
  readonly buyer: string;
  readonly items: readonly string[];
}

/** What is counted at most. */
export const PAIR_CAPS = {
  /** Orders, the newest. */
  orders: 100_000,
  /** Distinct products of an order, the first; an order of more says little of what goes together. */
  orderItems: 30,
  /** Pairs of products that all orders together may have: what a count holds in memory. */
  pairs: 500_000,
  /** Partners of a product, the best. */
  partners: 24,
} as const;

/** Fewer buyers say nothing, and would tell of one what he bought. */
const LEAST_BUYERS = 2;
/** Of how sure the bound is: one-sided, 95%. */
const Z = 1.645;
/** Numbers of products in the key of a pair. */
const SHIFT = 2 ** 26;

/**
 * Counts which products are bought together, each buyer once however often he orders, and ranks a product's partners by the lower bound of their lift,
 * which is how many times more buyers have both than would if the two had nothing to do with each other: `N·n(ab) / (n(a)·n(b))`. A raw count would put what
 * everybody buys beside everything; a bare lift what two people happened to buy. The standard error of its logarithm is taken as `1/√n(ab)`, that of
 * a Poisson count. Yields how many pairs it looked at, so that others can run between.
 *
 * @returns by product those that go with it: the bound as `score`.
 * @param baskets newest first.
 */
export function* countPairs(baskets: readonly Basket[]): Generator<number, KeyedLists> {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const numberOf = (item: string) => {
    const known = numbers.get(item);
    if (known !== undefined) return known;
    names.push(item);
    numbers.set(item, names.length - 1);
    return names.length - 1;
  };
  let room: number = PAIR_CAPS.pairs;
  const ofBuyers = new Map<string, number[][]>();
  for (const { buyer, items } of baskets) {
    const ordered = [...new Set(items)].slice(0, PAIR_CAPS.orderItems).map(numberOf);
    room -= (ordered.length * (ordered.length - 1)) / 2;
    if (room < 0) break;
    const orders = ofBuyers.get(buyer);
    if (orders) orders.push(ordered);
    else ofBuyers.set(buyer, [ordered]);
  }
  const single = new Map<number, number>();
  const pairs = new Map<number, number>();
  for (const orders of ofBuyers.values()) {
    for (const item of new Set(orders.flat())) single.set(item, (single.get(item) ?? 0) + 1);
    const both = new Set(orders.flatMap(pairsOf));
    for (const pair of both) pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    yield both.size + 1;
  }
  const partners = new Map<number, { readonly item: number; readonly score: number }[]>();
  const add = (of: number, item: number, score: number) => {
    const list = partners.get(of);
    if (list) list.push({ item, score });
    else partners.set(of, [{ item, score }]);
  };
  for (const [pair, buyers] of pairs) {
    if (buyers < LEAST_BUYERS) continue;
    const [a, b] = [Math.floor(pair / SHIFT), pair % SHIFT];
    const lift = (buyers * ofBuyers.size) / ((single.get(a) ?? 1) * (single.get(b) ?? 1));
    const score = Math.log(lift) - Z / Math.sqrt(buyers);
    if (score <= 0) continue;
    add(a, b, score);
    add(b, a, score);
    yield 1;
  }
  const together = new Map<string, readonly Listed[]>();
  for (const [of, list] of partners) {
    const named = list.map(({ item, score }) => ({ item: names[item] ?? '', score }));
    named.sort((x, y) => y.score - x.score || (x.item < y.item ? -1 : 1));
    together.set(names[of] ?? '', named.slice(0, PAIR_CAPS.partners));
    yield list.length;
  }
  return together;
}

/** Each pair of an order as one number, the smaller product's number first. */
function pairsOf(items: readonly number[]): number[] {
  return items.flatMap((a, at) => items.slice(at + 1).map((b) => Math.min(a, b) * SHIFT + Math.max(a, b)));
}
