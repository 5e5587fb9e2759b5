import { Hono } from 'hono';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { prepared } from '../../stores/sites/audit-trail.ts';
import { newKey } from '../../stores/sites/new-key.ts';
import { isOperatorKey } from '../../stores/sites/operator-keys.ts';
import { planChange } from '../../stores/sites/plan-change.ts';
import { listSites, readSiteRecord } from '../../stores/sites/site-record.ts';
import { shownKey } from '../api/keys/shown-key.ts';
import { planned } from '../api/site/change-site.ts';
import { answer } from '../http/answer.ts';
import { HttpError } from '../http/error.ts';
import { limitLookups } from '../http/rate-limits.ts';
import { readJson } from '../http/read-json.ts';
import { madeSiteSchema, newSiteSchema, sitesSchema } from './operation.ts';

const MAX_BODY_BYTES = 65_536;

interface OperatorContext {
  Bindings: Env;
  Variables: { actor: string };
}

/** `/operator`: what who runs this Vitrine may do over all sites, with a key of `npm run site -- --operator`: make and list them, and nothing in them. */
export const operator = new Hono<OperatorContext>()
  .basePath('/operator')
  .use(async (c, next) => {
    const [scheme, key = ''] = (c.req.header('authorization') ?? '').split(' ');
    await limitLookups(c.req.raw, c.env);
    const hash = await sha256Hex(key);
    if (scheme?.toLowerCase() !== 'bearer' || !(await isOperatorKey(c.env, hash)))
      throw new HttpError(401, 'This needs an operator’s key, as Bearer token: npm run site -- --operator.', {
        code: 'unknown_key',
      });
    c.set('actor', `operator ${hash.slice(0, 8)}`);
    await next();
  })
  .get('/sites', async (c) => answer(sitesSchema, { sites: await listSites(c.env) }))
  .post('/sites', async (c) => {
    const {
      id: name,
      jurisdiction,
      ...wish
    } = await readJson(c.req.raw, newSiteSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_site',
    });
    const id = jurisdiction === undefined ? name : `${jurisdiction}--${name}`;
    const asker = { actor: c.get('actor'), scopes: [], now: Date.now() };
    const { statements, made, site } = planned(() =>
      planChange(undefined, { id, make: [], revoke: [], ...wish }, newKey, asker),
    );
    try {
      await c.env.DB.batch(statements.map((one) => prepared(c.env, one)));
    } catch (cause) {
      // Of two who make it at once, one does.
      if (!(await readSiteRecord(c.env, id))) throw cause;
      throw new HttpError(409, `There is a site "${id}" already. Its own keys change it: /api/site, /api/keys.`, {
        code: 'site_exists',
      });
    }
    const keys = made.map((key) => ({ ...shownKey(key), key: key.key }));
    return answer(madeSiteSchema, { id, name: site.name, origins: site.origins, keys }, { status: 201 });
  })
  .notFound((c) => {
    throw new HttpError(404, `There is no ${c.req.method} ${c.req.path}. See /docs for what there is.`, {
      code: 'not_found',
    });
  })
  .onError((error) => {
    throw error;
  });
