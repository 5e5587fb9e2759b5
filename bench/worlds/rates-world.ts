import { DayCounter } from '../../core/rates/day-counter.ts';
import { ratesOf, type SiteRates } from '../../core/rates/item-rates.ts';
import { addCounts, type SlotCounts } from '../../core/rates/place-counts.ts';
import { type Exposure, exposureOf } from '../../core/recommend/exposure.ts';
import { seededRandom } from '../../ops/seeded-random.ts';

/** A shop of one slot, whose visitors look at each place less than at the one before. */
export const PRODUCTS = 300;
export const DAYS = 20;
export const VISITORS = 2_000;
const SLOT = 'home';
const PLACES = 8;
const LOOKED_AT = Array.from({ length: PLACES }, (_, at) => 0.75 ** at);
const ORDERS = 0.3;

export interface RatesWorld {
  /** `corrected`: by the rates of `core/rates/`. `raw`: by clicks over impressions, which is what a place does too. */
  readonly by: 'corrected' | 'raw';
  /** Share of places that go to a product by chance. */
  readonly explore: number;
}

/** What came of a slot that shows what its own clicks say is best, held against the truth. */
export interface RatesOutcome {
  /** Correlation over all products of what they are liked with what was found. */
  readonly clicks: number;
  readonly orders: number;
  /** Mean error of how likely places are looked at. */
  readonly places: number;
  /** Of the last day: clicks against those that the best eight products would have had. */
  readonly ofBest: number;
  readonly exposure: Exposure;
}

/** Runs a world: each day the slot shows the best by what it knows, and learns from what it has shown itself. */
export function runRatesWorld(seed: number, { by, explore }: RatesWorld): RatesOutcome {
  const random = seededRandom(seed);
  const liked = Array.from({ length: PRODUCTS }, () => 0.02 + 0.25 * random() ** 3);
  const bought = Array.from({ length: PRODUCTS }, () => 2 * random() * ORDERS);
  const counts: SlotCounts = new Map();
  // What the shop would show without any of this: an order that has little to do with what is liked.
  const start = liked.map((like) => 1 + 0.3 * (like + random()));
  let scores = start;
  let rates: SiteRates = ratesOf(counts);
  let clicked = 0;
  let shown = new Map<string, number>();
  for (let day = 0; day < DAYS; day += 1) {
    const counter = new DayCounter();
    const best = scores.map((score, item) => ({ score, item })).sort((a, b) => b.score - a.score);
    clicked = 0;
    shown = new Map();
    for (let visitor = 0; visitor < VISITORS; visitor += 1) {
      const items = best
        .slice(0, PLACES)
        .map(({ item }) => (random() < explore ? Math.floor(random() * PRODUCTS) : item));
      const unique = [...new Set(items)];
      counter.add({ kind: 'seen', slot: SLOT, items: unique.map(String) });
      for (const [at, item] of unique.entries()) {
        shown.set(String(item), (shown.get(String(item)) ?? 0) + 1);
        if (random() >= (LOOKED_AT[at] ?? 0) * (liked[item] ?? 0)) continue;
        clicked += 1;
        const person = { persons: [`a/${day}-${visitor}`] };
        counter.add({ kind: 'clicked', slot: SLOT, item: String(item), position: at + 1, timeMs: 1, ...person });
        if (random() < (bought[item] ?? 0))
          counter.add({ kind: 'ordered', items: [String(item)], timeMs: 2, ...person });
      }
    }
    addCounts(counts, counter.end());
    rates = ratesOf(counts);
    const slot = rates.slots.get(SLOT);
    const raw = new Map(slot?.items.map(({ item, clicked: clicks, seen }) => [item, clicks / Math.max(1, seen)]));
    const mean = [...raw.values()].reduce((sum, one) => sum + one, 0) / Math.max(1, raw.size);
    scores = start.map((before, item) => {
      const id = String(item);
      return by === 'raw' ? (raw.get(id) ?? mean) : (rates.items.get(id)?.click ?? 1) * (before / 1.15);
    });
  }
  const found = (what: 'click' | 'order') => liked.map((_, item) => rates.items.get(String(item))?.[what] ?? 1);
  const places = rates.slots.get(SLOT)?.places ?? [];
  const top = [...liked].sort((a, b) => b - a).slice(0, PLACES);
  const bestClicks = VISITORS * top.reduce((sum, like, at) => sum + like * (LOOKED_AT[at] ?? 0), 0);
  return {
    clicks: correlation(liked, by === 'raw' ? scores : found('click')),
    orders: correlation(
      liked.map((like, item) => like * (bought[item] ?? 0)),
      found('order'),
    ),
    places: LOOKED_AT.reduce((sum, look, at) => sum + Math.abs(look - (places[at] ?? 0)), 0) / PLACES,
    ofBest: clicked / bestClicks,
    exposure: exposureOf(shown, PRODUCTS),
  };
}

/** Pearson's. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, one) => sum + one, 0) / list.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [both, ofA, ofB] = [0, 0, 0];
  for (const [at, one] of a.entries()) {
    const other = (b[at] ?? 0) - meanB;
    both += (one - meanA) * other;
    ofA += (one - meanA) ** 2;
    ofB += other ** 2;
  }
  return both / Math.max(Number.EPSILON, Math.sqrt(ofA * ofB));
}
