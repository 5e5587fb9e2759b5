import { Hono } from 'hono';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { deviceLedger, ledgerId, userLedger } from '../../../core/identity/ledger.ts';
import { assignLedgers } from '../../../stores/links/follow-links.ts';
import { linkDevice, linkUsers, personOf } from '../../../stores/links/link-graph.ts';
import { profileStub } from '../../../stores/objects/profile-stub.ts';
import { readProfile } from '../../../stores/objects/read-profile.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';

const MAX_BODY_BYTES = 4_096;

/** The ledger to take out of a person: a device, or another of his users. */
export const unlinkSchema = z.union([
  z.strictObject({ anonymousId: anonymousIdSchema }),
  z.strictObject({ userId: userIdSchema }),
]);

/** `/api/users/:id`: what is known of a user, and taking one of his ledgers out. */
export const userRoutes = new Hono<ApiContext>()
  .get('/:id', async (c) => {
    const site = c.get('site').id;
    const userId = userIdOf(c.req.param('id'));
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
    return c.json({ id: userId, home: ledgerId(person.home), links, ...read.profile });
  })
  .post('/:id/unlink', async (c) => {
    const site = c.get('site').id;
    const userId = userIdOf(c.req.param('id'));
    const parsed = unlinkSchema.safeParse(parseJson((await readBoundedText(c.req.raw, MAX_BODY_BYTES)).text));
    if (!parsed.success)
      throw new HttpError(400, 'The body must be { "anonymousId": … } or { "userId": … }.', { code: 'invalid_body' });
    const at = { time: Date.now(), eventId: `unlink-${uuidv7()}` };
    if ('anonymousId' in parsed.data) {
      const device = deviceLedger(parsed.data.anonymousId);
      const { devices } = await personOf(c.env, site, userId);
      if (!devices.includes(device))
        throw new HttpError(404, `The device "${parsed.data.anonymousId}" is not linked to this user.`, {
          code: 'not_linked',
        });
      await assignLedgers(c.env, site, await linkDevice(c.env, site, device, null, at));
    } else {
      await assignLedgers(c.env, site, await linkUsers(c.env, site, [userId, parsed.data.userId], false, at));
    }
    const { value } = await profileStub(c.env, site, userLedger(userId)).readHere();
    return c.json({ unlinked: parsed.data, counts: value.counts });
  });

function userIdOf(text: string): string {
  const parsed = userIdSchema.safeParse(text);
  if (!parsed.success) throw new HttpError(400, parsed.error.issues[0]?.message ?? '', { code: 'invalid_user' });
  return parsed.data;
}
