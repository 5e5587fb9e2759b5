import { Hono } from 'hono';
import { ratesOf } from '../../../core/rates/item-rates.ts';
import { rankerOf } from '../../../core/recommend/check-ranker.ts';
import { isNarrowing } from '../../../core/recommend/exposure.ts';
import type { Manifest } from '../../../core/recommend/manifest.ts';
import { PRIOR_RANKER } from '../../../core/recommend/prior-ranker.ts';
import { DAY_MS } from '../../../core/time.ts';
import { fitSite } from '../../../jobs/fit/fit-site.ts';
import { type FitOutcome, readFit } from '../../../jobs/fit/fit-state.ts';
import { publishModel, rollbackModel } from '../../../jobs/publish/publish-model.ts';
import { onDemand } from '../../../stores/breathe.ts';
import { readCurrent } from '../../../stores/model/current-model.ts';
import { exposureDays } from '../../../stores/model/exposure-days.ts';
import { countsBefore } from '../../../stores/model/item-rates.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { indexRoutes } from './index-routes.ts';
import {
  currentModelSchema,
  exposureAnswerSchema,
  fitSchema,
  modelSchema,
  ratesAnswerSchema,
  ratesQuerySchema,
} from './operation.ts';

/** How long a request fits before the cron goes on. */
const FIT_MS = 20_000;

/** `/api/model`: what serves, publishing on demand, and the way back. */
export const modelRoutes = new Hono<ApiContext>()
  .route('/index', indexRoutes)
  .get('/', async (c) => {
    const { id } = c.get('site');
    const [current, fit] = await Promise.all([readCurrent(c.env, id), readFit(c.env, id)]);
    if (!current) throw new HttpError(404, 'No model was published yet.', { code: 'no_model' });
    return answer(currentModelSchema, {
      ...summaryOf(current.manifest),
      held: current.held,
      previous: current.previous.map(summaryOf),
      ranker: describeRanker(current.manifest),
      ...(fit && { fit: fit.state ? { state: 'running' as const } : describeFit(fit.outcome) }),
    });
  })
  .get('/rates', async (c) => {
    const { slot: wanted, limit } = checkedQuery(ratesQuerySchema, c.req.query());
    const newest = await countsBefore(c.env, c.get('site').id, Number.MAX_SAFE_INTEGER);
    const slots = newest ? [...ratesOf(newest.counts).slots] : [];
    return answer(ratesAnswerSchema, {
      date: newest ? new Date(newest.day * DAY_MS).toISOString().slice(0, 10) : null,
      slots: slots
        .filter(([slot]) => wanted === undefined || slot === wanted)
        .map(([slot, { items, places, ...of }]) => ({
          slot,
          places: [...places],
          ...of,
          items: [...items].sort((a, b) => b.looks - a.looks).slice(0, limit),
        })),
    });
  })
  .get('/exposure', async (c) => {
    const days = await exposureDays(c.env, c.get('site').id);
    return answer(exposureAnswerSchema, {
      narrowing: isNarrowing(days),
      days: days.map(({ day, ...exposure }) => ({ date: dateOf(day), ...exposure })),
    });
  })
  .post('/publish', async (c) => {
    const published = await onDemand(() => publishModel(c.env, c.get('site').id, c.req.query('accept') === 'counts'));
    if (!published.ok) {
      throw new HttpError(409, `The model was refused, the last good one stays: ${published.refusals.join('; ')}.`, {
        code: 'model_refused',
        details: { refusals: published.refusals },
      });
    }
    return answer(modelSchema, summaryOf(published.manifest));
  })
  .post('/fit', async (c) => {
    const outcome = await onDemand(() => fitSite(c.env, c.get('site').id, Date.now() + FIT_MS));
    if (outcome) return answer(fitSchema, describeFit(outcome));
    return answer(fitSchema, { state: 'running' }, { status: 202 });
  })
  .post('/rollback', async (c) => {
    const manifest = await rollbackModel(c.env, c.get('site').id);
    if (!manifest) throw new HttpError(409, 'There is no earlier model to go back to.', { code: 'no_earlier_model' });
    return answer(modelSchema, summaryOf(manifest));
  });

function describeRanker(manifest: Manifest) {
  const { own } = rankerOf(manifest);
  if (!own) return { origin: 'prior' as const, fittedOn: PRIOR_RANKER.origin };
  const { fittedAt, questions, usable, checked } = own;
  const at = new Date(fittedAt).toISOString();
  return { origin: 'own' as const, fittedOn: 'the site’s own log', fittedAt: at, questions, usable, checked };
}

function describeFit(outcome: FitOutcome | undefined) {
  if (!outcome) return { state: 'ended' as const };
  const { endedAt, ...rest } = outcome;
  return { state: 'ended' as const, endedAt: new Date(endedAt).toISOString(), ...rest };
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function summaryOf({ version, sessions, items, blocks, shards }: Manifest) {
  const bytes = shards.flat().reduce((sum, block) => sum + block.bytes, 0);
  return {
    version,
    publishedAt: new Date(version).toISOString(),
    sessions,
    items,
    blocks: blocks * shards.length,
    bytes,
  };
}
