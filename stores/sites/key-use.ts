import { waitUntil } from 'cloudflare:workers';
import { HOUR_MS } from '../../core/time.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import { log } from '../log.ts';

/** Keys that an isolate has told of lately. */
const MAX_TOLD = 1_000;
const leaksTold = new ExpiringCache<true>(MAX_TOLD, { ttlMs: HOUR_MS });

/** Remembers behind the answer that a key is in use: once an hour, however many ask. `now` and `lastUsedAt` in ms since 1970. */
export function noteUse(env: Env, hash: string, lastUsedAt: number | null, now: number): void {
  if (lastUsedAt !== null && now - lastUsedAt < HOUR_MS) return;
  write(
    env.DB.prepare(
      'UPDATE site_keys SET last_used_at = ? WHERE hash = ? AND (last_used_at IS NULL OR last_used_at <= ?)',
    )
      .bind(now, hash, now - HOUR_MS)
      .run(),
  );
}

/** Remembers behind the answer that a secret key came from where others read it. */
export function noteLeak(env: Env, hash: string, by: 'url' | 'page', now: number): void {
  if (leaksTold.get(hash, now)) return;
  leaksTold.set(hash, true, now);
  log('key_leaked', { key: hash.slice(0, 8), by });
  write(
    env.DB.prepare('UPDATE site_keys SET leaked_at = ?, leaked_by = ? WHERE hash = ? AND leaked_at IS NULL')
      .bind(now, by, hash)
      .run(),
  );
}

function write(writing: Promise<unknown>): void {
  waitUntil(writing.catch((error) => log('key_use_not_stored', { error: String(error) })));
}
