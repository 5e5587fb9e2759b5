import { erasePayloads } from './erase-payloads.ts';

/**
 * Forgets failed events. First the payloads: a crash between leaves rows that lead nowhere, and nothing of a person that no row leads to.
 */
export async function forgetFailed(
  env: Env,
  site: string,
  rows: readonly { readonly time: number; readonly id: string; readonly place: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await erasePayloads(
    env,
    rows.map(({ place }) => place),
  );
  await env.DB.prepare(
    `DELETE FROM failed_events WHERE site = ?1
       AND (time, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))`,
  )
    .bind(site, JSON.stringify(rows.map(({ time, id }) => [time, id])))
    .run();
}
