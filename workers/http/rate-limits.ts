import { ExpiringCache } from '../../stores/cache/expiring-cache.ts';
import { log } from '../../stores/log.ts';
import type { Site } from '../../stores/sites/site.ts';
import { withDeadline } from '../../stores/with-deadline.ts';
import { HttpError } from './error.ts';

/** The period of each limit in `wrangler.toml`. */
const PERIOD_SECONDS = 10;
/** Of the requests with one key every hundredth is counted, for a hundred: the limit is so far up that this suffices. */
const KEY_SAMPLE = 100;

/** How long a request waits for the count: it is in the same place, and answers in well under a millisecond. */
const LIMIT_DEADLINE_MS = 25;

/** Who is over a limit: an isolate asks again after a period, and lets nobody in meanwhile. */
const over = new ExpiringCache<true>(10_000, { ttlMs: PERIOD_SECONDS * 1_000 });

/** Lets an address try so many keys that this isolate does not know. Throws 429. */
export async function limitLookups(request: Request, env: Env): Promise<void> {
  const address = addressOf(request);
  if (address !== null) await limit(env.LIMIT_LOOKUPS, `lookup ${address}`, 'This address tries too many keys.');
}

/** Lets an address send so many requests with a site's write key: the pages of all who share it. Throws 429. */
export async function limitVisitor(request: Request, env: Env, site: Site): Promise<void> {
  const address = addressOf(request);
  if (address === null) return;
  await limit(env.LIMIT_ADDRESS, `${site.id} ${address}`, 'Too many requests come from this address.');
}

/** Lets a key be used so often. Throws 429. */
export async function limitKey(env: Env, site: Site): Promise<void> {
  await limit(env.LIMIT_KEY, site.keyHash, 'Too many requests come with this key.', KEY_SAMPLE);
}

/** The address is counted by, for some seconds, and kept nowhere. */
function addressOf(request: Request): string | null {
  return request.headers.get('cf-connecting-ip');
}

/** The platform counts in each of its places for itself. Where it does not answer nobody is kept out. */
async function limit(limiter: RateLimit, key: string, why: string, sample = 1): Promise<void> {
  const now = Date.now();
  if (!over.get(key, now)) {
    if (sample > 1 && Math.random() * sample >= 1) return;
    if (await isBelow(limiter, key)) return;
    over.set(key, true, now);
  }
  throw new HttpError(429, `${why} Wait ${PERIOD_SECONDS} seconds, then send it again.`, {
    code: 'too_many_requests',
    headers: { 'retry-after': String(PERIOD_SECONDS) },
  });
}

async function isBelow(limiter: RateLimit, key: string): Promise<boolean> {
  const asked = async () => limiter.limit({ key });
  const outcome = await withDeadline(asked(), LIMIT_DEADLINE_MS);
  if (typeof outcome === 'object') return outcome.success;
  log('rate_limit_unread', { why: outcome });
  return true;
}
