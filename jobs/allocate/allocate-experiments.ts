import { allocate, armsBefore, differs } from '../../core/experiments/bandit.ts';
import { DAY_MS } from '../../core/time.ts';
import { banditExperiments, stepExperiment } from '../../stores/experiments/experiments.ts';
import { tallyStub } from '../../stores/experiments/tally-stub.ts';
import { log } from '../../stores/log.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';

/** Gives the variants of each bandit their shares of new visitors, by what those of the days before have done. */
export async function allocateExperiments(env: Env, run: JobRun): Promise<void> {
  const bySite = Map.groupBy(await banditExperiments(env), ({ site }) => site);
  await eachSite(env, 'allocate', [...bySite.keys()], run, async ({ site }) => {
    for (const { experiment } of bySite.get(site) ?? []) {
      const { definition, number } = experiment;
      const { sums } = await tallyStub(env, site).tally(number);
      const day = Math.floor(run.now / DAY_MS) - definition.bandit.delayDays + 1;
      const allocation = allocate(
        armsBefore(sums, definition.variants.length, day),
        definition.bandit.floor,
        definition.bandit.settleAt,
      );
      if (!differs(allocation, definition)) continue;
      const variants = definition.variants.map((variant, at) => ({ ...variant, weight: allocation.weights[at] ?? 0 }));
      const { settled } = allocation;
      const chances = definition.variants.map(
        ({ name }, at) => `${name} ${((allocation.best[at] ?? 0) * 100).toFixed(1)} %`,
      );
      const note = `The best is: ${chances.join(', ')}.`;
      const action = settled === undefined ? 'allocated' : 'settled';
      const step = { action, note, state: 'running' as const, definition: { ...definition, variants } };
      const after = await stepExperiment(env, site, experiment, step, run.now);
      log('experiment_allocated', {
        site,
        experiment: definition.name,
        action,
        ...(typeof after === 'string' && { why: after }),
      });
    }
  });
}
