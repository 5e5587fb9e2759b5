import { allows } from '../../core/consent/allows.ts';
import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';
import { log } from '../http/log.ts';
import { type LinkChange, linkDevice, linkUsers, TooManyUsers } from './link-graph.ts';

/** An event with the ledger that counted it. */
interface LedgerEvent extends EnrichedEvent {
  readonly ledger: Ledger;
}

/**
 * Does what counted events say of links: writes them down, then tells each ledger where it belongs. May run again with the same
 * events and changes nothing then.
 *
 * @throws when a store or a ledger does not answer; the caller tries again.
 */
export async function followLinks(env: Env, site: string, events: readonly LedgerEvent[]): Promise<void> {
  for (const event of events) {
    const change = await changeBy(env, site, event);
    if (change) await settleLinks(env, site, change);
  }
}

/** Tells each ledger of a change where it belongs. */
export async function settleLinks(env: Env, site: string, { version, homes }: LinkChange): Promise<void> {
  await Promise.all(
    homes.map(({ ledger, person }) => profileStub(env, site, ledger).assign({ v: 1, person, version })),
  );
}

async function changeBy(env: Env, site: string, event: LedgerEvent): Promise<LinkChange | undefined> {
  const { proof, userId, ledger, type, id, time } = event;
  if (proof === undefined || userId === undefined || !allows(event, 'personalization')) return undefined;
  const at = { time, eventId: id };
  if (type === 'identify' && ledger.startsWith('a/')) return linkDevice(env, site, ledger, userId, at);
  const previous = event.properties?.previous_id;
  if (type !== 'alias' || typeof previous !== 'string' || previous === userId) return undefined;
  try {
    return await linkUsers(env, site, [userId, previous], true, at);
  } catch (error) {
    if (!(error instanceof TooManyUsers)) throw error;
    log('alias_refused', { site, error: error.message });
    return undefined;
  }
}
