import type { RunningExperiment } from '../../core/experiments/definition.ts';
import { type ReadyExperiment, readyExperiments, variantFaults, variantsOf } from '../../core/experiments/ready.ts';
import { compile, type Plan } from '../../core/merchandising/compile.ts';
import type { Merchandising } from '../../core/merchandising/document.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { runningExperiments } from '../experiments/experiments.ts';
import { log } from '../log.ts';
import { withDeadline } from '../with-deadline.ts';
import { publishedMerchandising } from './versions.ts';

/** Sites whose plans an isolate holds. */
const MAX_SITES = 200;
/** What is published is in force everywhere within 30 s. */
const AGES = { refreshMs: 10_000, ttlMs: 20_000 };
/** How long a read waits for a plan that its isolate does not know. */
const COLD_WAIT_MS = 300;

/** A plan under its version. */
export interface CurrentPlan {
  readonly version: number;
  readonly plan: Plan;
  /** The experiments that run, which the plan's variants are of. */
  readonly experiments: readonly ReadyExperiment[];
}

/** A plan with what it was made of. */
interface LoadedPlan extends CurrentPlan {
  readonly running: string;
}

const plans = new LoadedCache<LoadedPlan | null>(MAX_SITES, AGES);

/**
 * The plan that is in force for a site, as far as this isolate knows: one that cannot be read or made ready never replaces the last good one.
 * Never throws; nothing where there is none, or none is known.
 */
export async function currentPlan(env: Env, site: string): Promise<CurrentPlan | null> {
  const reading = readThrough(plans, site, () => load(env, site));
  // What is known is there at once, and needs no clock.
  if (plans.get(site, Date.now()) !== undefined) return reading;
  const outcome = await withDeadline(reading, COLD_WAIT_MS);
  if (typeof outcome !== 'string') return outcome;
  log('merchandising_unavailable', { site, why: outcome });
  return plans.last(site) ?? null;
}

/** The plan that this isolate last knew, at once. */
export function heldPlan(site: string): CurrentPlan | null {
  return plans.last(site) ?? null;
}

/** Forgets what this isolate knows, after it published itself. */
export function forgetPlan(site: string): void {
  plans.delete(site);
  plans.flights.forget(site);
}

async function load(env: Env, site: string): Promise<LoadedPlan | null> {
  const [{ version, document }, experiments] = await Promise.all([
    publishedMerchandising(env, site),
    runningExperiments(env, site),
  ]);
  if (version === 0 && experiments.length === 0) return null;
  const held = plans.last(site);
  const running = JSON.stringify(experiments);
  if (held?.version === version && held.running === running) return held;
  const fitting = experiments.filter((one) => fits(site, document, one));
  const plan = compile(
    document,
    undefined,
    fitting.flatMap(({ number, definition }) => variantsOf(number, definition)),
  );
  if ('faults' in plan) throw new Error(`version ${version} cannot be used: ${plan.faults[0]?.message}`);
  return { version, plan, experiments: readyExperiments(fitting), running };
}

/** Whether what an experiment does can be done with these slots and rules; one that cannot shows nothing and counts nobody. */
function fits(site: string, document: Merchandising, experiment: RunningExperiment): boolean {
  const [fault] = variantFaults(document, experiment);
  if (fault) log('experiment_unusable', { site, experiment: experiment.definition.name, why: fault.message });
  return !fault;
}
