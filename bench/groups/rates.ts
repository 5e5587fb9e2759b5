import { measured, type Result } from '../harness/result.ts';
import { DAYS, PRODUCTS, type RatesOutcome, type RatesWorld, runRatesWorld, VISITORS } from '../worlds/rates-world.ts';

/** Worlds of each kind, each with a truth of its own. */
const WORLDS = 10;
/** What slots explore that nobody has defined. */
const EXPLORED = 0.05;

/** What the rates of products find of a known truth, in slots that learn from what they have shown themselves. */
export async function benchRates(): Promise<Result[]> {
  const run = (world: RatesWorld) => {
    const outcomes = Array.from({ length: WORLDS }, (_, n) => runRatesWorld(n + 1, world));
    return (of: (outcome: RatesOutcome) => number) => outcomes.reduce((sum, one) => sum + of(one), 0) / WORLDS;
  };
  const corrected = run({ by: 'corrected', explore: EXPLORED });
  const raw = run({ by: 'raw', explore: EXPLORED });
  const closed = run({ by: 'corrected', explore: 0 });
  const note = `${WORLDS} worlds: ${PRODUCTS} products, ${DAYS} days of ${VISITORS} visitors, ${EXPLORED * 100} % explored`;
  const least = (bound: number) => ({ compare: '>=' as const, bound });
  return [
    measured(
      'rates.places_error',
      corrected(({ places }) => places),
      '',
      { compare: '<=', bound: 0.03 },
      note,
    ),
    measured(
      'rates.click_correlation',
      corrected(({ clicks }) => clicks),
      '',
      least(0.75),
      'with what is liked',
    ),
    measured(
      'rates.click_correlation_raw',
      raw(({ clicks }) => clicks),
      '',
      undefined,
      'clicks over impressions',
    ),
    measured(
      'rates.order_correlation',
      corrected(({ orders }) => orders),
      '',
      least(0.6),
    ),
    measured(
      'rates.clicks_of_best',
      corrected(({ ofBest }) => ofBest),
      '',
      least(0.9),
      'on the last day',
    ),
    measured(
      'rates.clicks_of_best_raw',
      raw(({ ofBest }) => ofBest),
      '',
    ),
    measured(
      'rates.coverage',
      corrected(({ exposure }) => exposure.coverage),
      '',
      least(0.8),
      'on the last day',
    ),
    measured(
      'rates.coverage_unexplored',
      closed(({ exposure }) => exposure.coverage),
      '',
    ),
    measured(
      'rates.gini',
      corrected(({ exposure }) => exposure.gini),
      '',
    ),
    measured(
      'rates.gini_unexplored',
      closed(({ exposure }) => exposure.gini),
      '',
    ),
    measured(
      'rates.effective_products',
      corrected(({ exposure }) => exposure.effective),
      '',
    ),
    measured(
      'rates.effective_products_unexplored',
      closed(({ exposure }) => exposure.effective),
      '',
    ),
  ];
}
