import { type IRequest, Router } from 'itty-router';
import { consumeDeadLetters } from '../queues/dead-letter/consumer.ts';
import { consumeEvents } from '../queues/events/consumer.ts';
import { consumeDeadWebhooks, consumeWebhooks } from '../queues/webhooks/consumer.ts';
import { api } from './api/app.ts';
import { handleBeacon } from './beacon/handle-beacon.ts';
import { handleConsole } from './console/handle-console.ts';
import { handleDocs, handleOpenApi } from './docs/handle-docs.ts';
import { handleKeys } from './erasure/routes.ts';
import { runOpenErasures } from './erasure/run-erasure.ts';
import { handleFragment } from './fragments/handle-fragment.ts';
import { HttpError } from './http/error.ts';
import { handlePreflight } from './http/handle-preflight.ts';
import { problemFrom } from './http/problem.ts';
import { withCors } from './http/with-cors.ts';
import { handleEvents } from './ingest/handle-events.ts';
import { compactAll } from './lake/compact-all.ts';
import { sweepLake } from './lake/sweep-lake.ts';
import { publishAll } from './model/publish-all.ts';
import { handleProfile } from './profile/handle-profile.ts';
import { handleRecommendations } from './recommend/handle-recommendations.ts';
import { reconcileAll } from './reconciliation/reconcile-all.ts';
import { sweep } from './retention/sweep.ts';

export { SessionIndex } from '../durable-objects/session-index/session-index.ts';
export { UserProfile } from '../durable-objects/user-profile/user-profile.ts';

/** The minute of each hour in which old rows are deleted. */
const SWEEP_MINUTE = 7;
/** From this minute of each hour on, the last one is compacted and is held against the stream. */
const RECONCILE_MINUTE = 20;

/** A consumer for each queue of `wrangler.toml`. */
const CONSUMERS: Readonly<Record<string, (batch: MessageBatch, env: Env) => Promise<void>>> = {
  'vitrine-events': consumeEvents,
  'vitrine-events-dead': consumeDeadLetters,
  'vitrine-webhooks': consumeWebhooks,
  'vitrine-webhooks-dead': consumeDeadWebhooks,
};

const router = Router<IRequest, [Env, ExecutionContext], Response>()
  .options('*', (request, env) => handlePreflight(request, env))
  .post('/v/events', (request, env) => handleEvents(request, env))
  .get('/v/recommendations', (request, env) => handleRecommendations(request, env))
  .get('/v/fragments/:slot', (request, env) => handleFragment(request, env, request.params.slot ?? ''))
  .get('/v/profile', (request, env) => handleProfile(request, env))
  .get('/v/beacon.js', (request) => handleBeacon(request))
  .get('/v/beacon.:hash.js', (request) => handleBeacon(request, request.params.hash))
  .get('/docs', () => handleDocs())
  .get('/openapi.json', () => handleOpenApi())
  .get('/.well-known/jwks.json', (_request, env) => handleKeys(env))
  .get('/console', () => handleConsole())
  .all('/api/*', (request, env, ctx) => api.fetch(request, env, ctx))
  .all('*', (request) => {
    throw new HttpError(404, `There is no ${request.method} ${new URL(request.url).pathname}.`, { code: 'not_found' });
  });

export default {
  async fetch(request, env, ctx) {
    const requestId = request.headers.get('cf-ray') ?? crypto.randomUUID();
    try {
      return await router.fetch(request, env, ctx);
    } catch (error) {
      return withCors(request, env, problemFrom(error, requestId));
    }
  },
  async queue(batch, env) {
    await CONSUMERS[batch.queue]?.(batch, env);
  },
  async scheduled({ scheduledTime }, env) {
    await runOpenErasures(env);
    await publishAll(env);
    await compactAll(env, scheduledTime);
    const minute = new Date(scheduledTime).getUTCMinutes();
    if (minute >= RECONCILE_MINUTE) await reconcileAll(env, scheduledTime);
    if (minute !== SWEEP_MINUTE) return;
    await sweep(env, scheduledTime);
    await sweepLake(env, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
