import { Hono } from 'hono';
import { routePath } from 'hono/route';
import type { ApiContext } from '../http/api-context.ts';
import { authorizePrivate } from '../http/authorize.ts';
import { HttpError } from '../http/error.ts';
import { noteRequest } from '../http/request-log.ts';
import { catalogRoutes } from './catalog/routes.ts';
import { debugLinkRoutes } from './debug-links/routes.ts';
import { eraseDevice, eraseUser, erasureRoutes } from './erasure/routes.ts';
import { experimentRoutes } from './experiments/routes.ts';
import { exportDevice, exportUser } from './export/routes.ts';
import { failedEventsRoutes } from './failed-events/routes.ts';
import { feedRoutes } from './feeds/routes.ts';
import { importRoutes } from './import/routes.ts';
import { lakeRoutes } from './lake/routes.ts';
import { merchandisingRoutes } from './merchandising/routes.ts';
import { modelRoutes } from './model/routes.ts';
import { reconciliationRoutes } from './reconciliation/routes.ts';
import { schemaDoorRoutes } from './schemas/routes.ts';
import { attributeRoutes, segmentRoutes } from './segments/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { userRoutes } from './users/routes.ts';
import { webhookRoutes } from './webhooks/routes.ts';

/** The private API under `/api`: each request carries the site's secret key. */
export const api = new Hono<ApiContext>()
  .basePath('/api')
  .use(async (c, next) => {
    noteRequest(c.req.raw, { route: `${c.req.method} ${routePath(c, -1)}` });
    c.set('site', await authorizePrivate(c.req.raw, new URL(c.req.url), c.env));
    await next();
  })
  .route('/attributes', attributeRoutes)
  .route('/catalog', catalogRoutes)
  .route('/debug-links', debugLinkRoutes)
  .route('/experiments', experimentRoutes)
  .route('/failed-events', failedEventsRoutes)
  .route('/feeds', feedRoutes)
  .route('/lake', lakeRoutes)
  .route('/merchandising', merchandisingRoutes)
  .route('/model', modelRoutes)
  .route('/profiles', importRoutes)
  .route('/reconciliation', reconciliationRoutes)
  .route('/schemas', schemaDoorRoutes)
  .route('/segments', segmentRoutes)
  .route('/settings', settingsRoutes)
  .route('/webhooks', webhookRoutes)
  .route('/users', userRoutes)
  .route('/users', eraseUser)
  .route('/users', exportUser)
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
