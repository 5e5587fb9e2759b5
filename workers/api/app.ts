import { Hono } from 'hono';
import { routePath } from 'hono/route';
import type { Scope } from '../../core/sites/scopes.ts';
import type { ApiContext } from '../http/api-context.ts';
import { authorizePrivate } from '../http/authorize.ts';
import { HttpError } from '../http/error.ts';
import { noteRequest } from '../http/request-log.ts';
import { auditRoutes } from './audit/routes.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { debugLinkRoutes } from './debug-links/routes.ts';
import { eraseDevice, eraseUser, erasureRoutes } from './erasure/routes.ts';
import { eventRoutes } from './events/routes.ts';
import { experimentRoutes } from './experiments/routes.ts';
import { exportDevice, exportUser } from './export/routes.ts';
import { failedEventsRoutes } from './failed-events/routes.ts';
import { feedRoutes } from './feeds/routes.ts';
import { importRoutes } from './import/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import { lakeRoutes } from './lake/routes.ts';
import { merchandisingRoutes } from './merchandising/routes.ts';
import { modelRoutes } from './model/routes.ts';
import { pulseRoutes, tailRoutes } from './pulse/routes.ts';
import { reconciliationRoutes } from './reconciliation/routes.ts';
import { schemaDoorRoutes } from './schemas/routes.ts';
import { attributeRoutes, segmentRoutes } from './segments/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { siteRoutes } from './site/routes.ts';
import { deviceRoutes, userRoutes } from './users/routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

/** What each part of the API is about: the scope of a key that opens it. */
export const SCOPE_OF: Readonly<Record<string, Scope>> = {
  attributes: 'segments',
  audit: 'keys',
  catalog: 'catalog',
  'debug-links': 'settings',
  devices: 'people',
  erasures: 'people',
  events: 'people',
  experiments: 'experiments',
  'failed-events': 'failed_events',
  feeds: 'catalog',
  keys: 'keys',
  lake: 'lake',
  merchandising: 'merchandising',
  model: 'model',
  profiles: 'people',
  pulse: 'metrics',
  reconciliation: 'lake',
  schemas: 'schemas',
  segments: 'segments',
  settings: 'settings',
  site: 'keys',
  tail: 'people',
  users: 'people',
  webhooks: 'webhooks',
};

/** What is nowhere is told so to who may do anything, or read what everybody may. */
function scopeOf(path: string): Scope {
  const [, , part = ''] = path.split('/');
  return Object.hasOwn(SCOPE_OF, part) ? (SCOPE_OF[part] ?? 'keys') : 'keys';
}

/** The private API under `/api`: each request carries the site's secret key. */
export const api = new Hono<ApiContext>()
  .basePath('/api')
  .use(async (c, next) => {
    noteRequest(c.req.raw, { route: `${c.req.method} ${routePath(c, -1)}` });
    c.set('site', await authorizePrivate(c.req.raw, new URL(c.req.url), c.env, scopeOf(c.req.path)));
    await next();
  })
  .route('/attributes', attributeRoutes)
  .route('/audit', auditRoutes)
  .route('/catalog', catalogRoutes)
  .route('/debug-links', debugLinkRoutes)
  .route('/events', eventRoutes)
  .route('/experiments', experimentRoutes)
  .route('/failed-events', failedEventsRoutes)
  .route('/feeds', feedRoutes)
  .route('/keys', keyRoutes)
  .route('/lake', lakeRoutes)
  .route('/merchandising', merchandisingRoutes)
  .route('/model', modelRoutes)
  .route('/profiles', importRoutes)
  .route('/pulse', pulseRoutes)
  .route('/reconciliation', reconciliationRoutes)
  .route('/schemas', schemaDoorRoutes)
  .route('/segments', segmentRoutes)
  .route('/settings', settingsRoutes)
  .route('/site', siteRoutes)
  .route('/tail', tailRoutes)
  .route('/webhooks', webhookRoutes)
  .route('/users', userRoutes)
  .route('/users', eraseUser)
  .route('/users', exportUser)
  .route('/devices', deviceRoutes)
  .route('/devices', exportDevice)
  .route('/devices', eraseDevice)
  .route('/erasures', erasureRoutes)
  .notFound((c) => {
    throw new HttpError(404, `There is no ${c.req.method} ${c.req.path}. See /docs for what there is.`, {
      code: 'not_found',
    });
  })
  .onError((error) => {
    throw error;
  });
