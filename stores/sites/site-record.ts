import { readKnownSite } from './known-site.ts';
import type { KnownSite } from './plan-change.ts';

/** A site with its keys as D1 has it now; nothing when it is gone. */
export function readSiteRecord(env: Env, id: string): Promise<KnownSite | undefined> {
  return readKnownSite(
    async ({ sql, values }) =>
      (
        await env.DB.prepare(sql)
          .bind(...values)
          .all()
      ).results,
    id,
  );
}
