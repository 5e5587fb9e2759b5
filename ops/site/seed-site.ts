import type { D1Database } from '@cloudflare/workers-types';
import { type NewSite, siteStatements } from '../../stores/sites/site-statements.ts';

/** Puts a site and its two keys into the database, or brings them up to date. */
export async function seedSite(db: D1Database, site: NewSite): Promise<void> {
  await db.batch(siteStatements(site, Date.now()).map(({ sql, values }) => db.prepare(sql).bind(...values)));
}
