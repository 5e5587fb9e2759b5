import { Hono } from 'hono';
import { uuidv7 } from 'uuidv7';
import { userIdSchema } from '../../../core/events/person-ids.ts';
import { deviceLedger, ledgerId, userLedger } from '../../../core/identity/ledger.ts';
import { assignLedgers } from '../../../stores/links/follow-links.ts';
import { linkDevice, linkUsers, personOf } from '../../../stores/links/link-graph.ts';
import { profileStub } from '../../../stores/objects/profile-stub.ts';
import { readProfile } from '../../../stores/objects/read-profile.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson, readParam } from '../../http/read-json.ts';
import { unlinkedSchema, unlinkSchema, userSchema } from './operation.ts';

const MAX_BODY_BYTES = 4_096;

/** `/api/users/:id`: what is known of a user, and taking one of his ledgers out. */
export const userRoutes = new Hono<ApiContext>()
  .get('/:id', async (c) => {
    const site = c.get('site').id;
    const userId = readParam(userIdSchema, c.req.param('id'), 'invalid_user');
    const read = await readProfile(c.env, site, { anonymousId: undefined, userId }, 'view');
    const person = await personOf(c.env, site, userId);
    if (read.tier === 'none')
      throw new HttpError(503, 'The profile does not answer right now. Ask again.', {
        code: read.reason,
        headers: { 'retry-after': '1' },
      });
    if (read.profile.firstSeenAt === null && person.devices.length === 0)
      throw new HttpError(404, 'No event has named this user yet.', { code: 'unknown_user' });
    const links = { users: person.users.toSorted(), devices: person.devices.map(ledgerId) };
    return answer(userSchema, { id: userId, home: ledgerId(person.home), links, ...read.profile });
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
