import { hashLedger, hashPart } from '../../core/identity/hash-ledger.ts';
import { entryOf } from '../../core/reconciliation/journal.ts';
import { packEntries } from '../../stores/lake/pack-entries.ts';
import { listRaw, putRaw, readRaw } from '../../stores/lake/raw-objects.ts';

/**
 * Takes the events of ledgers out of a site's raw objects, at once. Each object is written anew by itself, so it may run again from
 * any key on.
 *
 * @param erased hashes of the ledgers with when they were erased, ms since 1970.
 * @param from the key after which to begin; nothing for the first.
 * @param deadline no further object is begun after it, ms since 1970.
 * @returns how many events went, and the key to go on after when there are more.
 */
export async function eraseRaw(
  env: Env,
  site: string,
  erased: ReadonlyMap<string, number>,
  from: string | undefined,
  deadline: number,
): Promise<{ readonly events: number; readonly next: string | undefined }> {
  let events = 0;
  let last = from;
  for await (const { key } of listRaw(env, site, from)) {
    if (Date.now() >= deadline) return { events, next: last ?? '' };
    events += await eraseFrom(env, site, key, erased);
    last = key;
  }
  return { events, next: undefined };
}

async function eraseFrom(env: Env, site: string, key: string, erased: ReadonlyMap<string, number>): Promise<number> {
  for (;;) {
    const raw = await readRaw(env, key);
    if (!raw) return 0;
    const left = raw.events.filter(({ ledger, userId, time }) => {
      const hash = hashLedger(site, ledger);
      const part = userId === undefined ? undefined : erased.get(hashPart(hash, userId));
      return time > Math.max(erased.get(hash) ?? -1, part ?? -1);
    });
    const gone = raw.events.length - left.length;
    if (gone === 0) return 0;
    if (left.length === 0) {
      await env.LAKE.delete(key);
      await env.DB.prepare('DELETE FROM lake_objects WHERE site = ? AND key = ?').bind(site, key).run();
      return gone;
    }
    const put = await putRaw(env, key, left, { etagMatches: raw.etag });
    // Somebody else wrote it between: what he wrote is read again.
    if (!put) continue;
    await env.DB.prepare('UPDATE lake_objects SET etag = ?, events = ? WHERE site = ? AND key = ?')
      .bind(put.etag, packEntries(left.map((event) => entryOf(site, event))), site, key)
      .run();
    return gone;
  }
}
