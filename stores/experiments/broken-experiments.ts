import { variantFaults } from '../../core/experiments/ready.ts';
import type { Merchandising } from '../../core/merchandising/document.ts';
import type { Fault } from '../../core/merchandising/fault.ts';
import { runningExperiments } from './experiments.ts';

/** The running experiments whose variants could not do what they do with these slots and rules, each with why. */
export async function brokenExperiments(
  env: Env,
  site: string,
  document: Merchandising,
): Promise<{ readonly name: string; readonly fault: Fault }[]> {
  return (await runningExperiments(env, site)).flatMap((experiment) => {
    const [fault] = variantFaults(document, experiment);
    return fault ? [{ name: experiment.definition.name, fault }] : [];
  });
}
