import { encodeAttributes } from '../../core/attributes/encode-attributes.ts';
import { foldAttributes } from '../../core/attributes/fold-attribute.ts';
import type { AttributeStates } from '../../core/attributes/state.ts';
import { allows } from '../../core/consent/allows.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { rowOf } from '../../core/lake/columns.ts';
import { isHistory } from '../../core/lake/history.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { decodeState } from '../../core/profile/encode-state.ts';
import { emptyFollowing, foldClient } from '../../core/segments/person.ts';
import { parseDefinitions } from '../../core/segments/site-definitions.ts';
import { hourOf } from '../../core/time.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';
import { reportMoved } from '../../stores/experiments/report-standings.ts';
import { erasedSince, isErasedRow } from '../../stores/lake/erased.ts';
import { ledgerEvents } from '../../stores/lake/ledger-events.ts';
import { listPartitions } from '../../stores/lake/partitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { compactSite } from '../compact/compact-site.ts';
import { stateOf } from './compare-profiles.ts';
import { knownRecounts, recountFile } from './recount.ts';

/** What one repair spends on compaction. */
const COMPACT_MS = 15_000;

/**
 * Sets a rollup to what the lake holds of its hour (since 1970) and type, with all that has arrived by now. Returns the count before and
 * after.
 *
 * @throws {RepairBusy} also while the hour is open: what is counted in it is not all in the lake.
 */
export async function repairRollup(
  env: Env,
  site: string,
  hour: number,
  type: string,
): Promise<{ readonly before: number; readonly after: number }> {
  if (hour >= hourOf(Date.now())) throw new RepairBusy('The hour is not over. Ask again when it is.');
  await compactAll(env, site);
  const [partition] = await listPartitions(env, site, hour, hour);
  const files = partition?.files ?? [];
  const known = await knownRecounts(env, site, files);
  let after = 0;
  for (const file of files) {
    const { cells } = known.get(file.key) ?? (await recountFile(env, site, file));
    after += cells[`${hour} ${type}`] ?? 0;
  }
  const row = await env.DB.prepare('SELECT events FROM rollups WHERE site = ? AND hour = ? AND type = ?')
    .bind(site, hour, type)
    .first<{ events: number }>();
  await env.DB.prepare(
    after === 0
      ? 'DELETE FROM rollups WHERE site = ?1 AND hour = ?2 AND type = ?3'
      : 'INSERT INTO rollups (site, hour, type, events) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET events = excluded.events',
  )
    .bind(...(after === 0 ? [site, hour, type] : [site, hour, type, after]))
    .run();
  return { before: row?.events ?? 0, after };
}

/** The lake does not hold all that was counted, or a profile changes faster than it can be made: nothing was changed, ask again. */
export class RepairBusy extends Error {}

/** Tries against events that come meanwhile. */
const MAX_TRIES = 3;

interface RepairOptions {
  /** Events that the profiles are to be without; default: none. */
  readonly without?: (event: RawEvent) => boolean;
  /** Lets a profile that has counted more than the lake holds be made again from fewer: somebody says that the lake is right. */
  readonly acceptFewer?: boolean;
}

/**
 * Makes profiles again from their events in the lake, with all that has arrived by now: the lake is read once for all of them. Returns how
 * many events they are made of.
 *
 * @throws {RepairBusy} also where a profile has counted what the lake does not hold yet.
 */
export async function repairProfiles(
  env: Env,
  site: string,
  ledgers: readonly Ledger[],
  { without = () => false, acceptFewer = false }: RepairOptions = {},
): Promise<number> {
  let left = new Set(ledgers);
  let events = 0;
  for (let tries = 0; tries < MAX_TRIES && left.size > 0; tries += 1) {
    const held = new Map<Ledger, { readonly version: number; readonly counted: number }>();
    for (const ledger of left) {
      const stub = profileStub(env, site, ledger);
      held.set(ledger, { version: await stub.version(), counted: countedIn(await stub.exportState()) });
    }
    await compactAll(env, site);
    const found = await eventsOf(env, site, [...left]);
    left = new Set();
    for (const [ledger, { version, counted }] of held) {
      const all = found.get(ledger) ?? [];
      if (!acceptFewer && countedIn(stateOf(env, all)) < counted)
        throw new RepairBusy('The lake holds fewer events than the profile has counted. Ask again in a minute.');
      const kept = all.filter((event) => !without(event));
      if (
        await profileStub(env, site, ledger).restore({
          v: 1,
          ...(await madeAgain(env, site, kept)),
          version,
          forgetTransitions: kept.length < all.length,
        })
      )
        events += kept.length;
      else left.add(ledger);
    }
  }
  await reportMoved(env, site, ledgers);
  if (left.size > 0)
    throw new RepairBusy('A profile changes while it is made again. Ask again when its visitor has gone.');
  return events;
}

/** A profile as events make it, in any order. */
async function madeAgain(env: Env, site: string, events: readonly RawEvent[]) {
  const definitions = await siteDefinitions(env, site);
  if (!definitions) throw new RepairBusy('Nobody can say which attributes are defined now. Ask again in a minute.');
  const defined = parseDefinitions(definitions.text);
  const attributes = defined.attributes.map((one) => ({ ...one, filled: true }));
  const states: AttributeStates = new Map();
  const following = emptyFollowing();
  for (const event of events) {
    if (isHistory(event) || !allows(event, 'personalization')) continue;
    foldAttributes(states, attributes, event);
    foldClient(following, event.client, [event]);
  }
  return {
    state: stateOf(env, events),
    attributes: encodeAttributes(states),
    client: attributes.length + defined.segments.length > 0 ? following.client : null,
    definitions,
  };
}

/** How many events a state has counted. */
function countedIn(state: string): number {
  const { counts, other } = decodeState(state).totals;
  return [...counts.values()].reduce((sum, [events = 0]) => sum + events, other);
}

/** The events of ledgers in the lake, by ledger; without those that were erased and whose files are not written anew yet. */
async function eventsOf(env: Env, site: string, ledgers: readonly Ledger[]): Promise<Map<string, RawEvent[]>> {
  const events: RawEvent[] = [];
  for (const { files, writtenAt } of await listPartitions(env, site)) {
    const erased = await erasedSince(env, site, writtenAt);
    for (const file of files)
      for (const event of await ledgerEvents(env, site, file, ledgers))
        if (!isErasedRow(erased, rowOf(event))) events.push(event);
  }
  return Map.groupBy(events, ({ ledger }) => ledger);
}

/** @throws {RepairBusy} */
async function compactAll(env: Env, site: string): Promise<void> {
  const { done } = await compactSite(env, site, Number.POSITIVE_INFINITY, Date.now() + COMPACT_MS);
  if (!done) throw new RepairBusy('Not all that has arrived is compacted yet. Ask again in a minute.');
}
