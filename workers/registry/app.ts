import { Hono } from 'hono';
import { routePath } from 'hono/route';
import type { ApiContext } from '../http/api-context.ts';
import { authorizePrivate } from '../http/authorize.ts';
import { HttpError } from '../http/error.ts';
import { noteRequest } from '../http/request-log.ts';
import { compatibilityRoutes } from './compatibility-routes.ts';
import { asRegistryError } from './registry-error.ts';
import { schemaRoutes } from './schema-routes.ts';
import { configRoutes, modeRoutes } from './settings-routes.ts';
import { subjectRoutes } from './subject-routes.ts';

/** The schema registry under `/registry`, with the API of Confluent's: each request carries the site's secret key, as Basic user or Bearer token. */
export const registry = new Hono<ApiContext>()
  .basePath('/registry')
  .use(async (c, next) => {
    noteRequest(c.req.raw, { route: `${c.req.method} ${routePath(c, -1)}` });
    c.set('site', await authorizePrivate(c.req.raw, new URL(c.req.url), c.env, 'schemas'));
    await next();
    if (c.res.headers.get('content-type')?.startsWith('application/json'))
      c.header('content-type', 'application/vnd.schemaregistry.v1+json');
  })
  .get('/', () => Response.json({}))
  .route('/subjects', subjectRoutes)
  .route('/schemas', schemaRoutes)
  .route('/compatibility', compatibilityRoutes)
  .route('/config', configRoutes)
  .route('/mode', modeRoutes)
  .notFound((c) => {
    throw asRegistryError(
      new HttpError(404, `There is no ${c.req.method} ${c.req.path}. See /docs for what there is.`, {
        code: 'not_found',
      }),
    );
  })
  .onError((error) => {
    throw asRegistryError(error);
  });
