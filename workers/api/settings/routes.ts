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
    return answer(siteSettingsSchema, await readSettings(c.env, c.get('site').id));
  })
  .put('/', async (c) => {
    const settings = await readJson(c.req.raw, siteSettingsSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_settings',
    });
    const { id } = c.get('site');
    // As they are, not as this isolate remembers them: two changes in a row are two entries.
    const before = await readSettings(c.env, id);
    await c.env.DB.batch([
      c.env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?').bind(JSON.stringify(settings), id),
      auditOf(c, 'settings.changed', id, changedMembers(before, settings)),
    ]);
    return answer(siteSettingsSchema, settings);
  });

async function readSettings(env: Env, id: string): Promise<SiteSettings> {
  const row = await env.DB.prepare('SELECT settings FROM sites WHERE id = ?').bind(id).first<{ settings: string }>();
  return siteSettingsSchema.parse(JSON.parse(row?.settings ?? '{}'));
}

/** What two settings differ in, by member. */
function changedMembers(from: SiteSettings, to: SiteSettings): Record<string, { from: unknown; to: unknown }> {
  const names = Object.keys(to) as (keyof SiteSettings)[];
  const changed = names.filter((name) => JSON.stringify(from[name]) !== JSON.stringify(to[name]));
  return Object.fromEntries(changed.map((name) => [name, { from: from[name], to: to[name] }]));
}
