import { Hono } from 'hono';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { changeSite, knownSite } from '../site/change-site.ts';
import { keysSchema, madeKeySchema, newKeySchema } from './operation.ts';
import { shownKey } from './shown-key.ts';

const MAX_BODY_BYTES = 8_192;

/** `/api/keys`: what opens the site to whom. */
export const keyRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const { keys } = await knownSite(c.env, c.get('site').id);
    return answer(keysSchema, { keys: keys.map(shownKey) });
  })
  .post('/', async (c) => {
    const wanted = await readJson(c.req.raw, newKeySchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_key' });
    const { made } = await changeSite(c.req.raw, c.env, c.get('site'), { make: [wanted] });
    const [key] = made;
    if (!key) throw new Error('a key was planned and none was made');
    return answer(madeKeySchema, { ...shownKey(key), key: key.key }, { status: 201 });
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
