import { checkRanker } from '../../core/recommend/check-ranker.ts';
import { type Fitted, fitLesson } from '../../core/recommend/fit-ranker.ts';
import { DAY_MS } from '../../core/time.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { log } from '../../stores/log.ts';
import { amendModel } from '../publish/amend-model.ts';
import { takeLease } from '../schedule/lease.ts';
import { beginFit, fitPrefix } from './begin-fit.ts';
import { collectRows, readLesson } from './collect-rows.ts';
import { type FitOutcome, type FitState, readFit, writeFit } from './fit-state.ts';

/** How long a fit has a site to itself, if its run does not end before. */
const LEASE_MS = 5 * 60_000;
/** After this time a fit begins anew. */
const GIVEN_UP_MS = DAY_MS;
/** Rows of a slice: some milliseconds. */
const SLICE_ROWS = 1_000_000;
/** Trees after which the fit says how far it is. */
const TREES_AT_ONCE = 10;

/**
 * Begins a site's fit, or goes on with the one that was begun, stage by stage until it has ended or the time is over; then the next run goes on.
 * Each run does a stage at least; one that fails is tried again by the next run, until the fit is a day old.
 *
 * @returns what came of it; nothing when it goes on later, or somebody else is at it.
 */
export async function fitSite(env: Env, site: string, deadline: number): Promise<FitOutcome | undefined> {
  const lease = await takeLease(env, `fit ${site}`, crypto.randomUUID(), Date.now(), LEASE_MS);
  if (!lease) return undefined;
  try {
    const row = await readFit(env, site);
    const now = Date.now();
    let state = row && now - row.begunAt < GIVEN_UP_MS ? row.state : undefined;
    const begunAt = row && state ? row.begunAt : now;
    const keep = (to: FitState | undefined, outcome = row?.outcome) =>
      writeFit(env, site, { begunAt, state: to, outcome });
    for (;;) {
      const next = await nextStage(env, site, state, deadline, () => keep(undefined));
      if ('outcome' in next) {
        await keep(undefined, next.outcome);
        await forgetFits(env, site);
        log('ranker', { site, ...told(next.outcome) });
        return next.outcome;
      }
      state = next.state;
      await keep(state);
      if (Date.now() >= deadline) return undefined;
    }
  } finally {
    await lease.release();
  }
}

/** Where a fit stands after one stage more. `noteBegun` says, before a new one costs anything, that it was begun. */
async function nextStage(
  env: Env,
  site: string,
  state: FitState | undefined,
  deadline: number,
  noteBegun: () => Promise<void>,
): Promise<{ readonly state: FitState } | { readonly outcome: FitOutcome }> {
  if (!state) {
    await noteBegun();
    await forgetFits(env, site);
    const begun = await beginFit(env, site);
    if (begun) return { state: begun };
    return { outcome: { why: 'too_few_sessions', endedAt: Date.now(), questions: 0, usable: 0 } };
  }
  if (state.stage === 'rows') {
    await collectRows(env, site, state);
    return { state: { ...state, stage: 'trees' } };
  }
  const fitted = await fitTrees(env, site, state, deadline);
  return fitted ? { outcome: await install(env, site, fitted) } : { state };
}

/** Fits some trees more; what came of the fit, if it has ended. Changes the state's progress. */
async function fitTrees(env: Env, site: string, { progress, ...state }: FitState, deadline: number) {
  const steps = fitLesson(await readLesson(env, site, { ...state, progress }), progress);
  const slice = new WorkSlice(SLICE_ROWS, rest);
  const trees = () => (progress.taught.features.length + progress.all.features.length) / 3;
  const before = trees();
  while (trees() === before || (trees() < before + TREES_AT_ONCE && Date.now() < deadline)) {
    const step = steps.next();
    if (step.done) return step.value;
    if (slice.spend(step.value)) await slice.pause();
  }
  return undefined;
}

/** Makes a ranker that is better the model's, if it passes the check and no rollback holds the model. */
async function install(env: Env, site: string, { ranker: trees, ...fitted }: Fitted): Promise<FitOutcome> {
  const outcome = { ...fitted, endedAt: Date.now() };
  if (!trees) return outcome;
  const { questions, usable, checked } = fitted;
  const installed = await installRanker(env, site, {
    site,
    fittedAt: outcome.endedAt,
    trees,
    questions,
    usable,
    checked,
  });
  if (installed === 'held') return { ...outcome, why: 'held' };
  return installed === 'installed' ? outcome : { ...outcome, why: 'refused', refusals: installed };
}

/** Puts a ranker into the model that serves, as a model of its own that a rollback leads back from. Says why, where it is refused. */
export async function installRanker(
  env: Env,
  site: string,
  candidate: unknown,
): Promise<'installed' | 'held' | string[]> {
  const checked = checkRanker(JSON.stringify(candidate), site);
  if (!checked.ok) return checked.refusals;
  const amended = await amendModel(env, site, () => ({ ranker: checked.ranker }));
  if (amended === 'amended') return 'installed';
  if (amended === 'held') return 'held';
  return [
    amended === 'no_model' ? 'no model was published yet' : 'the model changes faster than a ranker can be installed',
  ];
}

/** Removes what fits have kept, also one that died. */
async function forgetFits(env: Env, site: string): Promise<void> {
  const { objects } = await env.MODELS.list({ prefix: fitPrefix(site) });
  if (objects.length > 0) await env.MODELS.delete(objects.map(({ key }) => key));
}

function told({ why, questions, usable, checked }: FitOutcome) {
  return {
    why,
    questions,
    usable,
    ...(checked && { hr20Before: checked.present.hr20, mrr20Before: checked.present.mrr20 }),
    ...(checked?.fitted && { hr20: checked.fitted.hr20, mrr20: checked.fitted.mrr20 }),
  };
}
