import { z } from 'zod';
import { ExpiringCache } from '../../core/expiring-cache.ts';
import { readThrough } from '../cache/read-through.ts';
import { HttpError } from '../http/error.ts';
import { type SiteSettings, siteSettingsSchema } from './settings.ts';

/** A tenant, as the key of a request names it. */
export interface Site {
  readonly id: string;
  /** Origins whose pages may call the public API, e.g. `https://shop.example`. */
  readonly origins: readonly string[];
  /** `write`: public, may stand in a page. `secret`: servers only. */
  readonly keyKind: 'write' | 'secret';
  readonly settings: SiteSettings;
}

const rowSchema = z.object({
  id: z.string(),
  origins: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  kind: z.enum(['write', 'secret']),
  settings: z.string().transform((text) => siteSettingsSchema.parse(JSON.parse(text))),
});

/** Longer keys are not ours; nobody fills the cache with them. */
const MAX_KEY_LENGTH = 128;
/** How long an isolate believes what it read of a key; a revoked key works at most this long, or until D1 answers again. */
const KEY_AGES = { ttlMs: 30_000 };
const cache = new ExpiringCache<Site | null>(1_000, KEY_AGES);

/** The site that a key belongs to. Throws 401 for a missing or unknown key; the answer is the same for both kinds of wrong. */
export async function siteOf(env: Env, key: string | undefined): Promise<Site> {
  if (!key) {
    throw new HttpError(
      401,
      'No key. Pass the site\'s write key as "?key=", as header "x-vitrine-key" or as Basic user.',
      {
        code: 'missing_key',
      },
    );
  }
  const site =
    key.length > MAX_KEY_LENGTH ? null : await readThrough(cache, key, async () => readSite(env, await sha256Hex(key)));
  if (!site)
    throw new HttpError(401, 'This key is unknown. Check it against the keys of your site.', { code: 'unknown_key' });
  return site;
}

async function readSite(env: Env, hash: string): Promise<Site | null> {
  const row = await env.DB.prepare(
    'SELECT sites.id, sites.origins, sites.settings, site_keys.kind FROM site_keys JOIN sites ON sites.id = site_keys.site WHERE site_keys.hash = ?',
  )
    .bind(hash)
    .first();
  if (!row) return null;
  const { id, origins, kind, settings } = rowSchema.parse(row);
  return { id, origins, keyKind: kind, settings };
}

/** SHA-256 of a key as stored: keys are random and long, so a plain hash suffices. */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
