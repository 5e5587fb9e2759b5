import type { z } from 'zod';
import { deviceLedger, type Ledger, ledgerId, userLedger } from '../../../core/identity/ledger.ts';
import { readTimeline } from '../../../stores/lake/timeline.ts';
import { personOf } from '../../../stores/links/link-graph.ts';
import { readProfile, type Visitor } from '../../../stores/objects/read-profile.ts';
import { HttpError } from '../../http/error.ts';
import type { timelineQuerySchema } from './operation.ts';
import { toldEvent } from './told-event.ts';

/** What is known of a person, asked for by one of his users, or by a device; with `timeline` his newest events as well. */
export async function readPerson(
  env: Env,
  site: string,
  asked: { readonly userId: string } | { readonly anonymousId: string },
  { timeline, before }: z.infer<typeof timelineQuerySchema>,
) {
  const visitor: Visitor = { anonymousId: undefined, ...asked };
  const read = await readProfile(env, site, visitor, 'view');
  if (read.tier === 'none')
    throw new HttpError(503, 'The profile does not answer right now. Ask again.', {
      code: read.reason,
      headers: { 'retry-after': '1' },
    });
  const { profile } = read;
  const userId = 'userId' in asked ? asked.userId : profile.userId;
  const person = userId === null ? undefined : await personOf(env, site, userId);
  const devices = person?.devices ?? [];
  if (profile.firstSeenAt === null && devices.length === 0)
    throw 'userId' in asked
      ? new HttpError(404, 'No event has named this user yet.', { code: 'unknown_user' })
      : new HttpError(404, 'No event has come from this device yet.', { code: 'unknown_device' });
  const users = person?.users ?? [];
  const own = 'userId' in asked ? userLedger(asked.userId) : deviceLedger(asked.anonymousId);
  const ledgers = [...new Set<Ledger>([own, ...users.map(userLedger), ...devices])];
  return {
    id: ledgerId(own),
    home: person ? ledgerId(person.home) : null,
    links: { users: users.toSorted(), devices: devices.map(ledgerId) },
    ...profile,
    ...(timeline !== undefined && { timeline: await timelineOf(env, site, ledgers, timeline, before) }),
  };
}

async function timelineOf(
  env: Env,
  site: string,
  ledgers: readonly Ledger[],
  limit: number,
  before: number | undefined,
) {
  const { events, before: reached } = await readTimeline(env, site, ledgers, { limit, before }, Date.now());
  return { events: events.map(toldEvent), before: reached };
}
