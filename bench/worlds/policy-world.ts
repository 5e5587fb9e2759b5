import { evaluatePolicy } from '../../core/experiments/off-policy.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { weightedChoice } from '../../ops/shoppers/weighted-choice.ts';

/** Policies that are tried, each on a log of so many visitors. */
export const POLICIES = 100;
const LOGGED = 20_000;

/** Shares of policies, whose truth is known, that each interval holds; the log gives actions by chance, unevenly. */
export function offPolicyHeld() {
  const held = { ips: 0, snips: 0, doublyRobust: 0 };
  for (let world = 0; world < POLICIES; world += 1) {
    const random = seededRandom(90_000 + world);
    const contexts = ['mobile', 'desktop', 'tablet'];
    const actions = ['a', 'b', 'c'];
    const rate = new Map(contexts.flatMap((one) => actions.map((action) => [one + action, 0.02 + 0.1 * random()])));
    const simplex = () => {
      const raw = actions.map(() => 0.15 + random());
      const total = raw.reduce((sum, one) => sum + one, 0);
      return Object.fromEntries(actions.map((action, at) => [action, (raw[at] ?? 0) / total]));
    };
    const logging = new Map(contexts.map((one) => [one, simplex()]));
    const target = new Map(contexts.map((one) => [one, simplex()]));
    const log = Array.from({ length: LOGGED }, () => {
      const context = contexts[Math.floor(random() * 3)] ?? '';
      const chances = logging.get(context) ?? {};
      const action = weightedChoice(actions, (one) => chances[one] ?? 0, random());
      return {
        context,
        action,
        propensity: chances[action] ?? 1,
        reward: random() < (rate.get(context + action) ?? 0) ? 1 : 0,
      };
    });
    const truth = contexts.reduce(
      (sum, one) =>
        sum +
        actions.reduce((part, action) => part + (target.get(one)?.[action] ?? 0) * (rate.get(one + action) ?? 0), 0) /
          3,
      0,
    );
    const found = evaluatePolicy(log, (context) => target.get(context) ?? {});
    for (const way of ['ips', 'snips', 'doublyRobust'] as const)
      if (found[way].low <= truth && truth <= found[way].high) held[way] += 1;
  }
  return held;
}
