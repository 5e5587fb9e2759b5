import { DecisionSigner } from '../../core/decisions/decision-token.ts';
import { assign } from '../../core/experiments/assign.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { BANDIT_DAYS, BANDIT_VISITORS, BANDITS, banditRegret } from '../worlds/bandit-world.ts';
import { HOURS, type Outcome, runExperiment, type World } from '../worlds/experiment-world.ts';
import { offPolicyHeld, POLICIES } from '../worlds/policy-world.ts';

const WITHOUT: World = { experiments: 1_000, visitors: 10_000, conversion: 0.05, uplift: 0 };
const WITH: World = { experiments: 200, visitors: 100_000, conversion: 0.25, uplift: 0.05 };

const READS = 20_000;

/** µs that a read spends on the variants of four experiments and on the token of eight products; the median of some rounds. */
function readMicroseconds(): number {
  const experiments = [1, 2, 3, 4].map((number) => ({
    ...{ number, kind: 'ab' as const, layer: `#${number}`, ranges: [[0, 10_000] as const], weights: [1, 1] },
  }));
  const signer = new DecisionSigner('bench', 'ab'.repeat(32));
  const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6);
  const items = Array.from({ length: 8 }, (_, item) => `product-${item}`);
  const rounds = Array.from({ length: 7 }, () => {
    const start = performance.now();
    for (let read = 0; read < READS; read += 1) {
      const anonymousId = `visitor-${read}`;
      const trials = assign('bench', experiments, `a/${anonymousId}`, {}, () => true);
      signer.sign(
        { anonymousId },
        { slot: 'home', strategy: 'for_you', tier: 'live', model: 1, trials, items },
        read,
        nonce,
      );
    }
    return ((performance.now() - start) * 1_000) / READS;
  });
  return percentile(rounds, 0.5);
}

/** Simulated experiments whose truth is known, looked at each hour: how often they find what is not there, and what is. */
export async function benchExperiments(): Promise<Result[]> {
  const run = (world: World, from: number) => {
    const outcomes = Array.from({ length: world.experiments }, (_, n) => runExperiment(world, from + n));
    const shareOf = (holds: (outcome: Outcome) => boolean) => outcomes.filter(holds).length / outcomes.length;
    return shareOf;
  };
  const without = run(WITHOUT, 1);
  const withEffect = run(WITH, 10_001);
  const note = ({ experiments, visitors, conversion, uplift }: World) =>
    `${experiments} experiments, ${visitors} visitors, ${conversion * 100} % order, uplift ${uplift * 100} %, ${HOURS} looks`;
  const perRead = readMicroseconds();
  const held = offPolicyHeld();
  return [
    measured(
      'experiments.read_us',
      perRead,
      'µs',
      { compare: '<=', bound: 10 },
      'assigning four experiments and signing the decision, a read',
    ),
    measured(
      'experiments.bandit_regret_of_uniform',
      banditRegret(),
      'x',
      { compare: '<=', bound: 0.5 },
      `${BANDITS} worlds of four variants, ${BANDIT_DAYS} days of ${BANDIT_VISITORS} visitors`,
    ),
    ...Object.entries(held).map(([way, policies]) =>
      measured(`experiments.offpolicy_${way}_held`, policies, `of ${POLICIES}`, { compare: '>=', bound: 95 }),
    ),
    measured(
      'experiments.false_alarms',
      without(({ found }) => found),
      '',
      { compare: '<=', bound: 0.05 },
      note(WITHOUT),
    ),
    measured(
      'experiments.false_alarms_by_textbook',
      without(({ foundByTextbook }) => foundByTextbook),
      '',
    ),
    measured(
      'experiments.false_sample_ratios',
      without(({ skewed }) => skewed),
      '',
      { compare: '<=', bound: 0.001 },
    ),
    measured(
      'experiments.no_effect_held',
      without(({ held }) => held.conversion),
      '',
      { compare: '>=', bound: 0.95 },
    ),
    measured(
      'experiments.found',
      withEffect(({ found }) => found),
      '',
      { compare: '>=', bound: 0.8 },
      note(WITH),
    ),
    measured(
      'experiments.held',
      withEffect(({ held }) => held.conversion),
      '',
      { compare: '>=', bound: 0.95 },
    ),
    measured(
      'experiments.revenue_held',
      withEffect(({ held }) => held.revenue),
      '',
      { compare: '>=', bound: 0.95 },
    ),
  ];
}
