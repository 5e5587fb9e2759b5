import { Hono } from 'hono';
import { uuidv7 } from 'uuidv7';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { deviceLedger, userLedger } from '../../../core/identity/ledger.ts';
import { assignLedgers } from '../../../stores/links/follow-links.ts';
import { linkDevice, linkUsers, personOf } from '../../../stores/links/link-graph.ts';
import { profileStub } from '../../../stores/objects/profile-stub.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { readJson, readParam } from '../../http/read-json.ts';
import { timelineQuerySchema, unlinkedSchema, unlinkSchema, userSchema } from './operation.ts';
import { readPerson } from './read-person.ts';

const MAX_BODY_BYTES = 4_096;

/** `/api/users/:id`: what is known of a user, and taking one of his ledgers out. */
export const userRoutes = new Hono<ApiContext>()
  .get('/:id', async (c) => {
    const site = c.get('site').id;
    const userId = readParam(userIdSchema, c.req.param('id'), 'invalid_user');
    const query = checkedQuery(timelineQuerySchema, c.req.query());
    return answer(userSchema, await readPerson(c.env, site, { userId }, query));
  })
  .post('/:id/unlink', async (c) => {
    const site = c.get('site').id;
    const userId = readParam(userIdSchema, c.req.param('id'), 'invalid_user');
    const unlinked = await readJson(c.req.raw, unlinkSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_body',
      expected: 'The body must be { "anonymousId": … } or { "userId": … }.',
    });
    const at = { time: Date.now(), eventId: `unlink-${uuidv7()}` };
    if ('anonymousId' in unlinked) {
      const device = deviceLedger(unlinked.anonymousId);
      const { devices } = await personOf(c.env, site, userId);
      if (!devices.includes(device))
        throw new HttpError(404, `The device "${unlinked.anonymousId}" is not linked to this user.`, {
          code: 'not_linked',
        });
      await assignLedgers(c.env, site, await linkDevice(c.env, site, device, null, at));
    } else {
      await assignLedgers(c.env, site, await linkUsers(c.env, site, [userId, unlinked.userId], false, at));
    }
    const { value } = await profileStub(c.env, site, userLedger(userId)).readHere();
    return answer(unlinkedSchema, { unlinked, counts: value.counts });
  });

/** `GET /api/devices/:id`: the same of whom a device belongs to. */
export const deviceRoutes = new Hono<ApiContext>().get('/:id', async (c) => {
  const anonymousId = readParam(anonymousIdSchema, c.req.param('id'), 'invalid_device');
  const query = checkedQuery(timelineQuerySchema, c.req.query());
  return answer(userSchema, await readPerson(c.env, c.get('site').id, { anonymousId }, query));
});
