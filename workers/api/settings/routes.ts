import { Hono } from 'hono';
import { type SiteSettings, siteSettingsSchema } from '../../../core/sites/settings.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { auditOf } from '../../http/audit.ts';
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
    const { id, settings: before } = c.get('site');
    await c.env.DB.batch([
      c.env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?').bind(JSON.stringify(settings), id),
      auditOf(c, 'settings.changed', id, changedMembers(before, settings)),
    ]);
    return answer(siteSettingsSchema, settings);
  });

/** What two settings differ in, by member; `from` is what this isolate held for true, at most half a minute old. */
function changedMembers(from: SiteSettings, to: SiteSettings): Record<string, { from: unknown; to: unknown }> {
  const names = Object.keys(to) as (keyof SiteSettings)[];
  const changed = names.filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
  return Object.fromEntries(changed.map((name) => [name, { from: from[name], to: to[name] }]));
}
