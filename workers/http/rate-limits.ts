import { waitUntil } from 'cloudflare:workers';
import { ExpiringCache } from '../../stores/cache/expiring-cache.ts';
import { log } from '../../stores/log.ts';
import type { Site } from '../../stores/sites/site.ts';
import { withDeadline } from '../../stores/with-deadline.ts';
import { HttpError } from './error.ts';

/** The period of each limit in `wrangler.toml`. */
const PERIOD_SECONDS = 10;
/** Of the requests with one key every thousandth is counted, for a thousand: the limit is so far up that this suffices. */
const KEY_SAMPLE = 1_000;

/** How long the count may take: it is in the same place, and answers in well under a millisecond. */
const LIMIT_DEADLINE_MS = 25;

/**
 * Who is over a limit: an isolate asks again after a period, and lets nobody in meanwhile. Requests with a known key are counted behind their answers,
 * which wait for nothing: the one that goes over a limit still gets in.
 */
const over = new ExpiringCache<true>(10_000, { ttlMs: PERIOD_SECONDS * 1_000 });

/** Lets an address try so many keys that this isolate does not know, and lets none be tried before it is counted. Throws 429. */
export async function limitLookups(request: Request, env: Env): Promise<void> {
  const address = addressOf(request);
  if (address === null) return;
  const key = `lookup ${address}`;
  const why = 'This address tries too many keys.';
  refuseOver(key, why);
  await count(env.LIMIT_LOOKUPS, key);
  refuseOver(key, why);
}

/** Lets an address send so many requests with a site's write key: the pages of all who share it. Throws 429. */
export function limitVisitor(request: Request, env: Env, site: Site): void {
  const address = addressOf(request);
  if (address === null) return;
  const key = `${site.id} ${address}`;
  refuseOver(key, 'Too many requests come from this address.');
  waitUntil(count(env.LIMIT_ADDRESS, key));
}

/** Lets a key be used so often. Throws 429. */
export function limitKey(env: Env, site: Site): void {
  refuseOver(site.keyHash, 'Too many requests come with this key.');
  if (Math.random() * KEY_SAMPLE < 1) waitUntil(count(env.LIMIT_KEY, site.keyHash));
}

/** The address is counted by, for some seconds, and kept nowhere. */
function addressOf(request: Request): string | null {
  return request.headers.get('cf-connecting-ip');
}

function refuseOver(key: string, why: string): void {
  if (!over.get(key, Date.now())) return;
  throw new HttpError(429, `${why} Wait ${PERIOD_SECONDS} seconds, then send it again.`, {
    code: 'too_many_requests',
    headers: { 'retry-after': String(PERIOD_SECONDS) },
  });
}

/** The platform counts in each of its places for itself. Where it does not answer nobody is kept out. Never throws. */
async function count(limiter: RateLimit, key: string): Promise<void> {
  const asked = async () => limiter.limit({ key });
  const outcome = await withDeadline(asked(), LIMIT_DEADLINE_MS);
  if (typeof outcome === 'string') log('rate_limit_unread', { why: outcome });
  else if (!outcome.success) over.set(key, true, Date.now());
}
