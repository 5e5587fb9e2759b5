import type { Ledger } from '../../core/identity/ledger.ts';
import { rowOf } from '../../core/lake/columns.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { hourOf } from '../../core/time.ts';
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

/** The lake has not taken in all that has arrived, or the profile changes faster than it can be made: nothing was changed, ask again. */
export class RepairBusy extends Error {}

/** Tries against events that come meanwhile. */
const MAX_TRIES = 3;

/**
 * Makes a profile again from its events in the lake, with all that has arrived by now. Returns how many there are.
 *
 * @throws {RepairBusy}
 */
export async function repairProfile(env: Env, site: string, ledger: Ledger): Promise<number> {
  const stub = profileStub(env, site, ledger);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const version = await stub.version();
    await compactAll(env, site);
    const events: RawEvent[] = [];
    for (const partition of await listPartitions(env, site)) {
      const erased = await erasedSince(env, site, partition.writtenAt);
      for (const file of partition.files)
        for (const event of await ledgerEvents(env, site, file, [ledger]))
          if (!isErasedRow(erased, rowOf(event))) events.push(event);
    }
    if (await stub.restore({ v: 1, state: stateOf(env, events), version })) return events.length;
  }
  throw new RepairBusy('The profile changes while it is made again. Ask again when its visitor has gone.');
}

/** @throws {RepairBusy} */
async function compactAll(env: Env, site: string): Promise<void> {
  const { done } = await compactSite(env, site, Number.POSITIVE_INFINITY, Date.now() + COMPACT_MS);
  if (!done) throw new RepairBusy('Not all that has arrived is compacted yet. Ask again in a minute.');
}
