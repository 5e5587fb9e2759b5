import { z } from 'zod';
import type { Subject } from '../../stores/erasure/subject.ts';
import { erasePayloads } from '../../stores/failed-events/erase-payloads.ts';
import { bindable, marks } from '../../stores/statements.ts';

/** Rows that are looked at in one go. */
const PER_READ = 400;
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
      await erasePayloads(
        env,
        found.map(({ payload }) => payload),
      );
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
