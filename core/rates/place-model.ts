import { PLACES, type PlaceCounts } from './place-counts.ts';

/** Rounds of the estimate, at most, and how little it moves once it is done. */
const ROUNDS = 30;
const STILL = 0.001;
/** Clicks' worth of belief, of each place in what is usual for it, and of each product in being average. */
const PLACE_BELIEF = 10;
const ITEM_BELIEF = 5;
/** Least of a place: what is never looked at would make any click there a wonder. */
const LEAST = 0.01;

/** How likely a place is looked at before anything is known, against the first: the discount of DCG. */
const usual = (at: number) => 1 / Math.log2(at + 2);

/**
 * How likely each place of a slot is looked at, against the first: the position-based model, in which a click takes a look at the place and a product that
 * is liked (Craswell, Zoeter, Taylor, Ramsey: "An experimental comparison of click position-bias models", WSDM 2008). Clicks at a place are a Poisson
 * number of impressions × place × product, whose two factors are fitted in turns until both explain the clicks; this finds the maximum of the likelihood
 * (iterative proportional fitting, Deming and Stephan 1940), and tells places from products since products stand now here, now there. Both are
 * drawn towards what is usual where clicks are few.
 *
 * @returns of each place from the first to the last that was seen; the first is 1.
 */
export function fitPlaces(items: Iterable<PlaceCounts>): number[] {
  const all = [...items];
  const last = all.reduce((most, { seen, clicked }) => Math.max(most, seen.length, clicked.length), 1);
  const places = Math.min(PLACES, last);
  const examined = Array.from({ length: places }, (_, at) => usual(at));
  const clicksAt = new Float64Array(places);
  for (const { clicked } of all)
    for (const [at, count] of clicked.entries()) if (at < places) clicksAt[at] = (clicksAt[at] ?? 0) + count;
  const clicks = clicksAt.reduce((sum, count) => sum + count, 0);
  if (clicks === 0) return examined;
  for (let round = 0, moved = 1; round < ROUNDS && moved > STILL; round += 1) {
    const before = [...examined];
    const expected = new Float64Array(places);
    let exposure = 0;
    for (const { seen } of all) exposure += looksOf(seen, examined);
    const mean = clicks / Math.max(exposure, Number.EPSILON);
    for (const { seen, clicked } of all) {
      const own = clicked.reduce((sum, count) => sum + count, 0);
      const liked = (own + ITEM_BELIEF) / (looksOf(seen, examined) * mean + ITEM_BELIEF);
      for (const [at, count] of seen.entries())
        if (at < places) expected[at] = (expected[at] ?? 0) + count * liked * mean;
    }
    for (let at = 0; at < places; at += 1) {
      const belief = PLACE_BELIEF / usual(at);
      examined[at] = Math.max(LEAST, ((clicksAt[at] ?? 0) + PLACE_BELIEF) / ((expected[at] ?? 0) + belief));
    }
    const first = examined[0] ?? 1;
    for (let at = 0; at < places; at += 1) examined[at] = Math.max(LEAST, (examined[at] ?? LEAST) / first);
    moved = before.reduce((most, was, at) => Math.max(most, Math.abs(was - (examined[at] ?? 0))), 0);
  }
  return examined;
}

/** Looks at a product: impressions, each as much as its place is looked at. */
export function looksOf(seen: readonly number[], examined: readonly number[]): number {
  let looks = 0;
  for (const [at, count] of seen.entries()) looks += count * (examined[at] ?? examined.at(-1) ?? 1);
  return looks;
}
