import { z } from 'zod';
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

const sitesSchema = z.array(
  z.object({
    id: z.string(),
    name: z.string(),
    origins: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  }),
);

/** All sites, by id. */
export async function listSites(env: Env): Promise<z.output<typeof sitesSchema>> {
  return sitesSchema.parse((await env.DB.prepare('SELECT id, name, origins FROM sites ORDER BY id').all()).results);
}
