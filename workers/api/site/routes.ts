import { Hono } from 'hono';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { readJson } from '../../http/read-json.ts';
import { changeSite, knownSite } from './change-site.ts';
import { siteChangeSchema, siteSchema } from './operation.ts';

const MAX_BODY_BYTES = 65_536;

/** `/api/site`: what the site is called, and whose pages may call it. */
export const siteRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const { id } = c.get('site');
    const { name, origins } = await knownSite(c.env, id);
    return answer(siteSchema, { id, name, origins });
  })
  .patch('/', async (c) => {
    const site = c.get('site');
    const wish = await readJson(c.req.raw, siteChangeSchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_site' });
    const { name, origins } = (await changeSite(c.req.raw, c.env, site, wish)).site;
    return answer(siteSchema, { id: site.id, name, origins });
  });
