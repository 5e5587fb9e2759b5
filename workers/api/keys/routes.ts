import { Hono } from 'hono';
import type { SiteKey } from '../../../stores/sites/plan-change.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { changeSite, knownSite } from '../site/change-site.ts';
import { keysSchema, madeKeySchema, newKeySchema } from './operation.ts';

const MAX_BODY_BYTES = 8_192;

/** `/api/keys`: what opens the site to whom. */
export const keyRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const { keys } = await knownSite(c.env, c.get('site').id);
    return answer(keysSchema, { keys: keys.map(shown) });
  })
  .post('/', async (c) => {
    const wanted = await readJson(c.req.raw, newKeySchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_key' });
    const { made } = await changeSite(c.req.raw, c.env, c.get('site'), { make: [wanted] });
    const [key] = made;
    if (!key) throw new Error('a key was planned and none was made');
    return answer(madeKeySchema, { ...shown(key), key: key.key }, { status: 201 });
  })
  .delete('/:id', async (c) => {
    const id = c.req.param('id');
    await changeSite(c.req.raw, c.env, c.get('site'), { revoke: [id] });
    const { keys } = await knownSite(c.env, c.get('site').id);
    if (keys.some((key) => key.id === id))
      throw new HttpError(409, 'It is the last key of its kind, since the others have just ended.', {
        code: 'last_key',
      });
    return c.body(null, 204);
  });

function shown({ id, kind, name, scopes, createdAt, lastUsedAt, leaked }: SiteKey) {
  return {
    id,
    kind,
    name,
    scopes,
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    leaked: leaked && { at: new Date(leaked.at).toISOString(), by: leaked.by },
  };
}
