import pMap from 'p-map';
import { allows } from '../../core/consent/allows.ts';
import type { EnrichedEvent } from '../../core/events/message.ts';
import { LINK_TYPES } from '../../core/events/vouch.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { reportMoved } from '../experiments/report-standings.ts';
import { log } from '../log.ts';
import { profileStub } from '../objects/profile-stub.ts';
import { type LinkChange, linkDevice, linkUsers, TooManyUsers } from './link-graph.ts';

/** Ledgers whose links are followed at once. */
const LEDGERS_AT_ONCE = 8;

/** An event with the ledger that counted it. */
interface LedgerEvent extends EnrichedEvent {
  readonly ledger: Ledger;
}

/**
 * Does what counted events say of links: writes them down, then tells each ledger where it belongs. May run again with the same
 * events: the links' versions stay as they are, and a ledger that knows them does nothing. Events of different ledgers do not wait for
 * each other.
 *
 * @throws when a store or a ledger does not answer; the caller tries again.
 */
export async function followLinks(env: Env, site: string, events: readonly LedgerEvent[]): Promise<void> {
  const linking = events.filter(({ type, proof }) => LINK_TYPES.has(type) && proof !== undefined);
  const ledgers = Map.groupBy(linking, ({ ledger }) => ledger);
  const follow = async (own: readonly LedgerEvent[]) => {
    for (const event of own) {
      const change = await changeBy(env, site, event);
      if (change) await assignLedgers(env, site, change);
    }
  };
  await pMap(ledgers.values(), follow, { concurrency: LEDGERS_AT_ONCE });
}

/** Tells each ledger of a change where it belongs; and how the people whom that moves stand in experiments then. */
export async function assignLedgers(env: Env, site: string, { version, homes }: LinkChange): Promise<void> {
  const moved = await Promise.all(
    homes.map(({ ledger, person }) => profileStub(env, site, ledger).assign({ v: 1, person, version })),
  );
  await reportMoved(env, site, moved.flat());
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
