import { Hono } from 'hono';
import type { Manifest } from '../../../core/recommend/manifest.ts';
import { publishModel, rollbackModel } from '../../../jobs/publish/publish-model.ts';
import { onDemand } from '../../../stores/breathe.ts';
import { readCurrent } from '../../../stores/model/current-model.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { currentModelSchema, modelSchema } from './operation.ts';

/** `/api/model`: what serves, publishing on demand, and the way back. */
export const modelRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const current = await readCurrent(c.env, c.get('site').id);
    if (!current) throw new HttpError(404, 'No model was published yet.', { code: 'no_model' });
    return answer(currentModelSchema, {
      ...summaryOf(current.manifest),
      held: current.held,
      previous: current.previous.map(summaryOf),
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
  .post('/rollback', async (c) => {
    const manifest = await rollbackModel(c.env, c.get('site').id);
    if (!manifest) throw new HttpError(409, 'There is no earlier model to go back to.', { code: 'no_earlier_model' });
    return answer(modelSchema, summaryOf(manifest));
  });

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
