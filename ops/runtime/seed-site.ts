import { createHash } from 'node:crypto';
import type { D1Database } from '@cloudflare/workers-types';

export interface SeedSite {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
  readonly writeKey: string;
  readonly secretKey: string;
}

/** Puts a site and its two keys into the database; one that is there stays as it is. */
export async function seedSite(db: D1Database, site: SeedSite): Promise<void> {
  const now = Date.now();
  const key = db.prepare('INSERT OR IGNORE INTO site_keys (hash, site, kind, created_at) VALUES (?, ?, ?, ?)');
  await db.batch([
    db
      .prepare('INSERT OR IGNORE INTO sites (id, name, origins) VALUES (?, ?, ?)')
      .bind(site.id, site.name, JSON.stringify(site.origins)),
    key.bind(sha256Hex(site.writeKey), site.id, 'write', now),
    key.bind(sha256Hex(site.secretKey), site.id, 'secret', now),
  ]);
}

function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
