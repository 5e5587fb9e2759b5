import { assign } from '../../core/experiments/assign.ts';
import { experimentSchema } from '../../core/experiments/definition.ts';
import { resultsOf } from '../../core/experiments/results.ts';
import { type Counted, METRICS, type Sums, sumStandings } from '../../core/experiments/sums.ts';
import { HOUR_MS } from '../../core/time.ts';
import { seededRandom } from '../../ops/seeded-random.ts';

/** A shop whose truth is known: how many visitors come, how many of them order, and what a variant changes. */
export interface World {
  readonly experiments: number;
  readonly visitors: number;
  /** Share of visitors who order, in the first variant, on average. */
  readonly conversion: number;
  /** Of the second against the first. */
  readonly uplift: number;
}

/** Two weeks, looked at each hour. */
export const HOURS = 14 * 24;
/** Hours from the first impression to the order, on average. */
const DELAY_HOURS = 12;

/** What became of one experiment, looked at each hour. */
export interface Outcome {
  /** Whether it was ever said that one is better, or worse. */
  readonly found: boolean;
  /** The same by the interval of textbooks, which is right for one look. */
  readonly foundByTextbook: boolean;
  /** Whether the intervals of the metrics held the truth at every look: of who orders, of revenue. */
  readonly held: { readonly conversion: boolean; readonly revenue: boolean };
  readonly skewed: boolean;
}

/** Visitors differ: some order ten times as likely as others, and those came more often before. */
export function runExperiment({ visitors, conversion, uplift }: World, seed: number): Outcome {
  const random = seededRandom(seed);
  const definition = experimentSchema.parse({
    name: `world-${seed}`,
    variants: [{ name: 'a' }, { name: 'b' }],
    expectedVisitors: visitors,
  });
  const experiment = {
    number: 1,
    kind: 'ab' as const,
    layer: `#${seed}`,
    ranges: [[0, 10_000] as const],
    weights: [1, 1],
  };
  const hours = Array.from({ length: HOURS + 1 }, () => ({ added: [] as Counted[], removed: [] as Counted[] }));
  const meanOrder = 60;
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const variant = assign(`s${seed}`, [experiment], `a/${visitor}`, {}, () => true)[0]?.variant ?? 0;
    const keen = -Math.log(1 - random());
    const chance = Math.min(1, conversion * keen * (variant === 1 ? 1 + uplift : 1));
    const came = random() * HOURS;
    const before = Math.floor(keen * 4 * random() * 2);
    const standing = (orders: number, revenue: number): Counted => ({
      ...{ variant, mixed: false, firstAt: came * HOUR_MS, shown: 1, clicked: 0, orders, revenue },
      ...{ currency: null, attributed: 0, attributedRevenue: 0, before },
    });
    const none = standing(0, 0);
    hours[Math.ceil(came)]?.added.push(none);
    if (random() >= chance) continue;
    const ordered = Math.ceil(came - Math.log(1 - random()) * DELAY_HOURS);
    const revenue = Math.round(100 * meanOrder * Math.exp(0.8 * normal(random) - 0.32));
    if (ordered > HOURS) continue;
    hours[ordered]?.removed.push(none);
    hours[ordered]?.added.push(standing(1, revenue));
  }
  const sums: Sums = {};
  const truth = truthOf(conversion, uplift);
  let [found, foundByTextbook, conversionHeld, revenueHeld, skewed] = [false, false, true, true, false];
  for (const { added, removed } of hours) {
    change(sums, sumStandings(added, null), 1);
    change(sums, sumStandings(removed, null), -1);
    const { variants, sampleRatio } = resultsOf(definition, sums, null);
    const against = variants[1]?.against;
    skewed ||= !sampleRatio.ok;
    if (!against || against.verdict === 'collecting') continue;
    found ||= against.verdict === 'better' || against.verdict === 'worse';
    foundByTextbook ||= zScore(variants) > 1.96;
    const { conversion: ordered, revenue } = against.difference;
    conversionHeld &&= ordered.low <= truth && truth <= ordered.high;
    revenueHeld &&= revenue.low <= truth * meanOrder && truth * meanOrder <= revenue.high;
  }
  return { found, foundByTextbook, held: { conversion: conversionHeld, revenue: revenueHeld }, skewed };
}

/** How many standard errors two shares are apart. */
function zScore(
  variants: readonly { readonly visitors: number; readonly means: { readonly conversion: number } }[],
): number {
  const [a, b] = variants.map(({ visitors: n, means: { conversion: p } }) => ({ p, variance: (p * (1 - p)) / n }));
  return a && b ? Math.abs(a.p - b.p) / Math.sqrt(a.variance + b.variance) : 0;
}

/** The difference in the share of visitors who order: the mean of min(1, c·k·(1+u)) − min(1, c·k) over exponential k. */
function truthOf(conversion: number, uplift: number): number {
  const mean = (rate: number) => rate * (1 - Math.exp(-1 / rate));
  return mean(conversion * (1 + uplift)) - mean(conversion);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Adds or takes away, in place. */
function change(sums: Sums, by: Sums, sign: 1 | -1): void {
  for (const [variant, from] of Object.entries(by)) {
    const into = sums[Number(variant)];
    if (!into) {
      sums[Number(variant)] = from;
      continue;
    }
    into.visitors += sign * from.visitors;
    into.before.x += sign * from.before.x;
    into.before.xx += sign * from.before.xx;
    for (const metric of METRICS) {
      const { y, yy, xy } = from.metrics[metric];
      into.metrics[metric].y += sign * y;
      into.metrics[metric].yy += sign * yy;
      into.metrics[metric].xy += sign * xy;
    }
  }
}
