import { z } from 'zod';
import type { Subject } from '../../stores/erasure/subject.ts';
import { bindable, marks } from '../../stores/statements.ts';

/** Rows that are looked at in one go. */
const PER_READ = 400;
/** Tries against another erasure that changes the same object. */
const MAX_TRIES = 5;

const rows = z.array(z.object({ id: z.string(), time: z.int(), payload: z.string() }));

/**
 * Erases the failed events of a person: first the payloads in R2, then their index rows, so that a crash between leaves something to find.
 * Other events of the same object keep their place in it. Returns how many went.
 */
export async function eraseFailed(env: Env, site: string, { ledgers, at }: Subject): Promise<number> {
  let erased = 0;
  for (const part of bindable(ledgers, 2, 2)) {
    for (;;) {
      const { results } = await env.DB.prepare(
        `SELECT id, time, payload FROM failed_events WHERE site = ? AND time <= ? AND (ledger IN (${marks(part)}) OR user_ledger IN (${marks(part)})) LIMIT ${PER_READ}`,
      )
        .bind(site, at, ...part, ...part)
        .all();
      const found = rows.parse(results);
      if (found.length === 0) break;
      await erasePayloads(env, found);
      await env.DB.batch(
        found.map(({ id, time }) =>
          env.DB.prepare('DELETE FROM failed_events WHERE site = ? AND time = ? AND id = ?').bind(site, time, id),
        ),
      );
      erased += found.length;
    }
  }
  return erased;
}

async function erasePayloads(env: Env, found: z.infer<typeof rows>): Promise<void> {
  for (const [key, group] of Map.groupBy(found, ({ payload }) => payload.slice(0, payload.lastIndexOf('#')))) {
    const indexes = new Set(group.map(({ payload }) => Number(payload.slice(payload.lastIndexOf('#') + 1))));
    await eraseFrom(env, key, indexes);
  }
}

/** Puts null in the place of the erased ones; an object that holds nothing else goes. */
async function eraseFrom(env: Env, key: string, indexes: ReadonlySet<number>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const object = await env.LAKE.get(key);
    if (!object) return;
    const events = z.array(z.unknown()).parse(await object.json());
    const left = events.map((event, index) => (indexes.has(index) ? null : event));
    if (left.every((event) => event === null)) return void (await env.LAKE.delete(key));
    const put = await env.LAKE.put(key, JSON.stringify(left), {
      onlyIf: { etagMatches: object.etag },
      httpMetadata: { contentType: 'application/json' },
    });
    if (put) return;
    if (tries >= MAX_TRIES) throw new Error('a failed-events object changes faster than it can be written');
  }
}
