import type { Ledger } from '../../core/identity/ledger.ts';
import { ledgerEvents } from '../../stores/lake/ledger-events.ts';
import { listPartitions } from '../../stores/lake/partitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { stateOf } from './compare-profiles.ts';
import { knownRecounts, recountFile } from './recount.ts';

/** Sets a rollup to what the lake holds of its hour (since 1970) and type. Returns the count before and after. */
export async function repairRollup(
  env: Env,
  site: string,
  hour: number,
  type: string,
): Promise<{ readonly before: number; readonly after: number }> {
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

/** Makes a profile again from its events in the lake. Returns how many there are. */
export async function repairProfile(env: Env, site: string, ledger: Ledger): Promise<number> {
  const events = [];
  for (const { files } of await listPartitions(env, site))
    for (const file of files) events.push(...(await ledgerEvents(env, site, file, [ledger])));
  await profileStub(env, site, ledger).restore({ v: 1, state: stateOf(env, events) });
  return events.length;
}
