import { z } from 'zod';
import { sha256Hex } from '../../core/sha256-hex.ts';
import type { KeyScope } from '../../core/sites/scopes.ts';
import { type SiteSettings, siteSettingsSchema } from '../../core/sites/settings.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { noteUse } from './key-use.ts';
import { scopesColumn } from './known-site.ts';

/** A tenant, as the key of a request names it. */
export interface Site {
  readonly id: string;
  /** Origins whose pages may call the public API, e.g. `https://shop.example`. */
  readonly origins: readonly string[];
  /** `write`: public, may stand in a page. `secret`: servers only. */
  readonly keyKind: 'write' | 'secret';
  /** SHA-256 of that key, hex; empty where the site was not found by one. */
  readonly keyHash: string;
  /** What the key may do; nothing: whatever its kind may. */
  readonly scopes: readonly KeyScope[];
  readonly settings: SiteSettings;
  /** Signs the tokens of its visitors; hex. */
  readonly visitorKey: string;
}

const rowSchema = z.object({
  id: z.string(),
  origins: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  kind: z.enum(['write', 'secret']),
  hash: z.string(),
  scopes: scopesColumn,
  lastUsedAt: z.int().nullable(),
  visitorKey: z.string().nullable(),
  settings: z.string().transform((text) => siteSettingsSchema.parse(JSON.parse(text))),
});

/** Longer keys are not ours; nobody fills the cache with them. */
const MAX_KEY_LENGTH = 128;
/** How long an isolate believes what it read of a key; a revoked key works at most this long, or until D1 answers again. */
const KEY_AGES = { ttlMs: 30_000 };
const cache = new LoadedCache<Site | null>(1_000, KEY_AGES);

/**
 * The site that a key belongs to; null when it is unknown. Reads through the isolate's cache.
 *
 * @param beforeLookup is called where the isolate has to ask D1, and throws for who may not make it ask.
 */
export async function findSite(
  env: Env,
  key: string,
  beforeLookup: () => Promise<void> = async () => undefined,
): Promise<Site | null> {
  if (key.length > MAX_KEY_LENGTH) return null;
  return readThrough(cache, key, async () => {
    await beforeLookup();
    return readSite(env, await sha256Hex(key));
  });
}

const byHash = new LoadedCache<Site | null>(200, KEY_AGES);

/** The site of a key of which only the SHA-256 is known, hex; null when there is none any more. Reads through the isolate's cache. */
export async function findSiteByKeyHash(env: Env, hash: string): Promise<Site | null> {
  return readThrough(byHash, hash, () => readSite(env, hash));
}

const byId = new LoadedCache<Site | null>(200, KEY_AGES);

/** The site of an id, as its write key would name it; null when there is none. Reads through the isolate's cache. */
export async function findSiteById(env: Env, id: string): Promise<Site | null> {
  return readThrough(byId, id, async () => {
    const row = await env.DB.prepare(
      `SELECT sites.id, sites.origins, sites.settings, 'write' AS kind, '' AS hash, '[]' AS scopes,
         NULL AS lastUsedAt, visitor_keys.key AS visitorKey
       FROM sites LEFT JOIN visitor_keys ON visitor_keys.site = sites.id WHERE sites.id = ?`,
    )
      .bind(id)
      .first();
    return siteOfRow(env, row);
  });
}

async function readSite(env: Env, hash: string): Promise<Site | null> {
  const row = await env.DB.prepare(
    `SELECT sites.id, sites.origins, sites.settings, site_keys.kind, site_keys.hash, site_keys.scopes,
       site_keys.last_used_at AS lastUsedAt, visitor_keys.key AS visitorKey FROM site_keys
       JOIN sites ON sites.id = site_keys.site LEFT JOIN visitor_keys ON visitor_keys.site = sites.id WHERE site_keys.hash = ?`,
  )
    .bind(hash)
    .first();
  return siteOfRow(env, row);
}

async function siteOfRow(env: Env, row: unknown): Promise<Site | null> {
  if (!row) return null;
  const { id, kind, hash, lastUsedAt, visitorKey, ...site } = rowSchema.parse(row);
  if (hash !== '') noteUse(env, hash, lastUsedAt, Date.now());
  return { id, keyKind: kind, keyHash: hash, ...site, visitorKey: visitorKey ?? (await makeVisitorKey(env, id)) };
}

/** The key of a site that has none yet; whoever else makes one meanwhile makes the same. */
async function makeVisitorKey(env: Env, site: string): Promise<string> {
  const [, read] = await env.DB.batch<{ key: string }>([
    env.DB.prepare('INSERT INTO visitor_keys (site) VALUES (?) ON CONFLICT DO NOTHING').bind(site),
    env.DB.prepare('SELECT key FROM visitor_keys WHERE site = ?').bind(site),
  ]);
  return z.object({ key: z.string() }).parse(read?.results[0]).key;
}
