import { allocate } from '../../core/experiments/bandit.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { weightedChoice } from '../../ops/shoppers/weighted-choice.ts';

/** Worlds of four variants, and how many visitors come a day. */
export const BANDITS = 100;
export const BANDIT_DAYS = 14;
export const BANDIT_VISITORS = 2_000;

/** Orders lost against the best variant, by a bandit and by equal shares, over all worlds: the first as a share of the second. */
export function banditRegret(): number {
  let [bandit, uniform] = [0, 0];
  for (let world = 0; world < BANDITS; world += 1) {
    const random = seededRandom(50_000 + world);
    const rates = Array.from({ length: 4 }, () => 0.03 + 0.05 * random());
    const best = Math.max(...rates);
    const arms = rates.map(() => ({ visitors: 0, converted: 0 }));
    for (let day = 0; day < BANDIT_DAYS; day += 1) {
      const { weights } = allocate(arms, 0.05, 0.99);
      const offered = arms.map((arm, at) => ({ arm, rate: rates[at] ?? 0, weight: weights[at] ?? 0 }));
      for (let visitor = 0; visitor < BANDIT_VISITORS; visitor += 1) {
        const { arm, rate } = weightedChoice(offered, ({ weight }) => weight, random());
        arm.visitors += 1;
        if (random() < rate) arm.converted += 1;
        bandit += best - rate;
        uniform += best - rates.reduce((sum, one) => sum + one, 0) / rates.length;
      }
    }
  }
  return bandit / uniform;
}
