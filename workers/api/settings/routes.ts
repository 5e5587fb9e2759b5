import { Hono } from 'hono';
import { siteSettingsSchema } from '../../../core/sites/settings.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';

const MAX_BODY_BYTES = 65_536;

/** `/api/settings`: what a site decides for itself. Isolates follow a change within half a minute. */
export const settingsRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const row = await c.env.DB.prepare('SELECT settings FROM sites WHERE id = ?')
      .bind(c.get('site').id)
      .first<{ settings: string }>();
    return c.json(siteSettingsSchema.parse(JSON.parse(row?.settings ?? '{}')));
  })
  .put('/', async (c) => {
    const { text } = await readBoundedText(c.req.raw, MAX_BODY_BYTES);
    const parsed = siteSettingsSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      const issues = parsed.error.issues.slice(0, 5);
      const message = issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
      throw new HttpError(400, message, { code: 'invalid_settings' });
    }
    await c.env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?')
      .bind(JSON.stringify(parsed.data), c.get('site').id)
      .run();
    return c.json(parsed.data);
  });
