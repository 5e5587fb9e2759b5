import { Hono } from 'hono';
import { HOUR_MS } from '../../../core/time.ts';
import { abandonBuild, beginBuild, goOn } from '../../../jobs/index/build-index.ts';
import { buildProgress } from '../../../jobs/index/replay-lake.ts';
import { onDemand } from '../../../stores/breathe.ts';
import { type IndexRow, readIndex } from '../../../stores/model/index-row.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { indexSchema, rebuildSchema } from './index-operation.ts';

/** What one request spends; the caller asks again until it is done, or leaves the rest to the cron. */
const REQUEST_MS = 10_000;
const MAX_BODY_BYTES = 4_096;
const RETRY_AFTER_SECONDS = 3;

/** `/api/model/index`: the session index, and building it again from the lake. */
export const indexRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const site = c.get('site').id;
    return answer(indexSchema, await described(c.env, site, await readIndex(c.env, site)));
  })
  .post('/rebuild', async (c) => {
    const site = c.get('site').id;
    const { shards, accept } = await readJson(c.req.raw, rebuildSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_body',
      expected: 'The body must be { "shards"?: 1–64, "accept"?: "counts" }.',
    });
    await beginBuild(c.env, site, { shards, acceptCounts: accept === 'counts' });
    return answer(indexSchema, await described(c.env, site, await readIndex(c.env, site)), { status: 202 });
  })
  .post('/rebuild/resume', async (c) => {
    const site = c.get('site').id;
    const index = await onDemand(() => goOn(c.env, site, Date.now() + REQUEST_MS)).catch((cause) => {
      if (cause instanceof HttpError) throw cause;
      // A store or an object that is busy or away; the cron and the next call go on from what there is.
      throw new HttpError(503, 'The index cannot be built on right now. What is built is kept: ask again.', {
        code: 'index_unavailable',
        cause,
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      });
    });
    return answer(indexSchema, await described(c.env, site, index), { status: index.build || index.busy ? 202 : 200 });
  })
  .delete('/rebuild', async (c) => {
    const site = c.get('site').id;
    if (!(await abandonBuild(c.env, site))) throw new HttpError(409, 'No index is being built.', { code: 'no_build' });
    return answer(indexSchema, await described(c.env, site, await readIndex(c.env, site)));
  });

async function described(env: Env, site: string, { generation, shards, build, outcome }: IndexRow) {
  const progress = build && (await buildProgress(env, site, build));
  return {
    generation,
    shards,
    ...(build &&
      progress && {
        build: {
          stage: build.stage,
          shards: build.shards,
          begunAt: new Date(build.begunAt).toISOString(),
          ...(progress.hour > 0 && { readTo: new Date(progress.hour * HOUR_MS).toISOString() }),
          hoursLeft: progress.hoursLeft,
          sessions: progress.sessions,
        },
      }),
    ...(outcome && { lastBuild: { ...outcome, endedAt: new Date(outcome.endedAt).toISOString() } }),
  };
}
