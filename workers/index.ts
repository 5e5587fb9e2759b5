import { type IRequest, Router } from 'itty-router';
import { consumeClickHouse } from '../queues/clickhouse/consumer.ts';
import { consumeDeadClickHouse } from '../queues/clickhouse/dead-letters.ts';
import { consumeEvents } from '../queues/events/consumer.ts';
import { consumeDeadLetters } from '../queues/events/dead-letters.ts';
import { consumeWebhooks } from '../queues/webhooks/consumer.ts';
import { consumeDeadWebhooks } from '../queues/webhooks/dead-letters.ts';
import { api } from './api/app.ts';
import { handleKeys } from './api/erasure/routes.ts';
import { handleConsole, handleConsoleAsset } from './console/handle-console.ts';
import { handleSession } from './console/handle-session.ts';
import { handleDocs, handleOpenApi } from './docs/handle-docs.ts';
import { handleBeacon, handleBeaconPage } from './edge/beacon/handle-beacon.ts';
import { handleDebugger } from './edge/debug/handle-debugger.ts';
import { handleFragment } from './edge/fragments/handle-fragment.ts';
import { handleSlotStyle } from './edge/fragments/handle-slot-style.ts';
import { handleImport } from './edge/import/handle-import.ts';
import { handleEvents } from './edge/ingest/handle-events.ts';
import { handleProfile } from './edge/profile/handle-profile.ts';
import { handleRecommendations } from './edge/recommend/handle-recommendations.ts';
import { handleSegment, handleSegmentPreflight, handleSegmentSettings } from './edge/segment/handle-segment.ts';
import { answerRequest } from './entry/answer-request.ts';
import { consumerOf } from './entry/consumer-of.ts';
import { startJobs } from './entry/start-jobs.ts';
import { handleHealth, handleReady } from './health/handle-health.ts';
import { HttpError } from './http/error.ts';
import { handlePreflight } from './http/handle-preflight.ts';
import { handleMetrics } from './metrics/handle-metrics.ts';
import { operator } from './operator/app.ts';
import { answerPage } from './proxy/answer-page.ts';
import { handlePixel } from './proxy/handle-pixel.ts';
import { proxiedPage } from './proxy/proxy-hosts.ts';
import { registry } from './registry/app.ts';

export { Catalog } from '../durable-objects/catalog/catalog.ts';
export { ExperimentTally } from '../durable-objects/experiment-tally/experiment-tally.ts';
export { SessionIndex } from '../durable-objects/session-index/session-index.ts';
export { SitePulse } from '../durable-objects/site-pulse/site-pulse.ts';
export { UserProfile } from '../durable-objects/user-profile/user-profile.ts';
export { Jobs } from './entry/jobs.ts';

/** A consumer for each queue of `wrangler.toml`. */
const CONSUMERS: Readonly<Record<string, (batch: MessageBatch, env: Env) => Promise<void>>> = {
  'vitrine-events': consumeEvents,
  'vitrine-events-dead': consumeDeadLetters,
  'vitrine-clickhouse': consumeClickHouse,
  'vitrine-clickhouse-dead': consumeDeadClickHouse,
  'vitrine-webhooks': consumeWebhooks,
  'vitrine-webhooks-dead': consumeDeadWebhooks,
};

const router = Router<IRequest, [Env, ExecutionContext], Response>()
  .options('/v1/*', (request) => handleSegmentPreflight(request))
  .options('*', (request, env) => handlePreflight(request, env))
  .post('/v/events', (request, env) => handleEvents(request, env))
  .post('/v/import', (request, env) => handleImport(request, env))
  .post('/v1/:call', (request, env) => handleSegment(request, env, request.params.call ?? ''))
  .get('/v1/projects/:key/settings', (request, env) => handleSegmentSettings(request, env, request.params.key ?? ''))
  .get('/v/recommendations', (request, env) => handleRecommendations(request, env))
  .post('/v/recommendations', (request, env) => handleRecommendations(request, env))
  .get('/v/fragments/:slot', (request, env) => handleFragment(request, env, request.params.slot ?? ''))
  .post('/v/fragments/:slot', (request, env) => handleFragment(request, env, request.params.slot ?? ''))
  .get('/v/slots.css', () => handleSlotStyle())
  .get('/v/profile', (request, env) => handleProfile(request, env))
  .post('/v/profile', (request, env) => handleProfile(request, env))
  .get('/v/beacon.js', (request) => handleBeacon(request))
  .get('/v/beacon-debug.js', (request, env) => handleDebugger(request, env))
  .get('/v/beacon.:hash.js', (request) => handleBeacon(request, request.params.hash))
  .get('/v/beacon-page.:hash.js', (request) => handleBeaconPage(request, request.params.hash ?? ''))
  .get('/v/pixel.gif', (request, env) => handlePixel(request, env))
  .get('/docs', () => handleDocs())
  .get('/openapi.json', () => handleOpenApi())
  .get('/healthz', () => handleHealth())
  .get('/readyz', (_request, env) => handleReady(env))
  .get('/metrics', (request, env) => handleMetrics(request, env))
  .get('/.well-known/jwks.json', (_request, env) => handleKeys(env))
  .all('/console/session', (request, env) => handleSession(request, env))
  .get('/console', () => handleConsole())
  .get('/console/:name+', (request) => handleConsoleAsset(request.params.name ?? ''))
  .all('/registry', (request, env, ctx) => registry.fetch(request, env, ctx))
  .all('/registry/*', (request, env, ctx) => registry.fetch(request, env, ctx))
  .all('/operator/*', (request, env, ctx) => operator.fetch(request, env, ctx))
  .all('/api/*', (request, env, ctx) => api.fetch(request, env, ctx))
  .all('*', (request) => {
    throw new HttpError(404, `There is no ${request.method} ${new URL(request.url).pathname}.`, { code: 'not_found' });
  });

export default {
  fetch: (request, env, ctx) => {
    const proxied = proxiedPage(env, request.url);
    if (!proxied) return answerRequest(request, env, () => router.fetch(request, env, ctx));
    ctx.passThroughOnException();
    return answerPage(request, proxied.url, proxied.shop, env);
  },
  queue: (batch, env) => consumerOf(CONSUMERS, batch, env.ENVIRONMENT)(batch, env),
  scheduled: ({ scheduledTime }) => startJobs(scheduledTime),
} satisfies ExportedHandler<Env>;
