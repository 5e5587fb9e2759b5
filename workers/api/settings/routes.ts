import { Hono } from 'hono';
import { siteSettingsSchema } from '../../../core/sites/settings.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { readJson } from '../../http/read-json.ts';

const MAX_BODY_BYTES = 65_536;

/** `/api/settings`: what a site decides for itself. Isolates follow a change within half a minute. */
export const settingsRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const row = await c.env.DB.prepare('SELECT settings FROM sites WHERE id = ?')
      .bind(c.get('site').id)
      .first<{ settings: string }>();
    return answer(siteSettingsSchema, siteSettingsSchema.parse(JSON.parse(row?.settings ?? '{}')));
  })
  .put('/', async (c) => {
    const settings = await readJson(c.req.raw, siteSettingsSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_settings',
    });
    await c.env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?')
      .bind(JSON.stringify(settings), c.get('site').id)
      .run();
    return answer(siteSettingsSchema, settings);
  });
