import type { SiteRates } from '../../core/rates/item-rates.ts';
import { restoreCounts, type SlotCounts, storeCounts, storedCountsSchema } from '../../core/rates/place-counts.ts';
import { ServedRates, servedRatesSchema, storeRates } from '../../core/rates/served-rates.ts';
import { DAY_MS } from '../../core/time.ts';
import { ByteCache } from '../cache/byte-cache.ts';
import { SingleFlight } from '../cache/single-flight.ts';
import { log } from '../log.ts';
import type { WaitBudget } from '../wait-budget.ts';
import { settledWithin } from '../with-deadline.ts';

/** Days of which rates are kept: a fit asks for those of before its questions. */
const KEPT_DAYS = 90;
/** Counts that are kept: the newest, and those that they were made from, so that a day can be counted again. */
const KEPT_COUNTS = 2;
/** Rates of all sites that an isolate holds. A character of them takes some three bytes in memory. */
const CACHE_BYTES = 8 * 1024 * 1024;
const BYTES_PER_CHARACTER = 3;
const DAY_DIGITS = 9;

/** The rates that a day left behind: their R2 key and the day, days since 1970. */
export interface RatesOfDay {
  readonly key: string;
  readonly day: number;
}

interface Held {
  readonly bytes: number;
  readonly rates: ServedRates;
}

const cache = new ByteCache<Held>(CACHE_BYTES);
const flights = new SingleFlight<Held>();
const prefixOf = (site: string, what: 'counts' | 'rates') => `rates/${site}/${what}-`;
const keyOf = (site: string, what: 'counts' | 'rates', day: number) =>
  `${prefixOf(site, what)}${String(day).padStart(DAY_DIGITS, '0')}.json`;

/** The newest counts of before a day, with their day; nothing where there are none. */
export async function countsBefore(
  env: Env,
  site: string,
  day: number,
): Promise<{ readonly day: number; readonly counts: SlotCounts } | undefined> {
  const newest = (await daysOf(env, site, 'counts')).findLast((one) => one.day < day);
  const object = newest && (await env.MODELS.get(newest.key));
  if (!newest || !object) return undefined;
  return { day: newest.day, counts: restoreCounts(storedCountsSchema.parse(await object.json())) };
}

/** Writes what a day came to, and deletes what is too old. A day that is written again takes the place of what it was. */
export async function writeRates(
  env: Env,
  site: string,
  day: number,
  counts: SlotCounts,
  rates: SiteRates,
): Promise<RatesOfDay> {
  const key = keyOf(site, 'rates', day);
  const json = { httpMetadata: { contentType: 'application/json' } };
  await env.MODELS.put(keyOf(site, 'counts', day), JSON.stringify(storeCounts(counts)), json);
  await env.MODELS.put(key, JSON.stringify(storeRates(rates)), json);
  const old = (await daysOf(env, site, 'counts')).slice(0, -KEPT_COUNTS);
  const stale = (await daysOf(env, site, 'rates')).filter((one) => one.day <= day - KEPT_DAYS);
  const keys = [...old, ...stale].map((one) => one.key);
  if (keys.length > 0) await env.MODELS.delete(keys);
  return { key, day };
}

/** The newest rates that know nothing of what came after a time, ms since 1970. */
export async function ratesBefore(env: Env, site: string, timeMs: number): Promise<RatesOfDay | undefined> {
  return (await daysOf(env, site, 'rates')).findLast(({ day }) => (day + 1) * DAY_MS <= timeMs);
}

/** Rates by their key. Throws where they are not there. */
export async function readRates(env: Env, key: string): Promise<ServedRates> {
  return (await fetchRates(env, key)).rates;
}

/**
 * Rates for a read, which waits for them a moment; nothing where they do not come. Never throws.
 *
 * @param budget what the read waits in all for what is in the bucket.
 */
export async function heldRates(env: Env, key: string, budget: WaitBudget): Promise<ServedRates | undefined> {
  const held = cache.get(key);
  if (held) return held.rates;
  const outcome = await settledWithin(
    flights.load(key, () => fetchRates(env, key)),
    budget,
  );
  if (typeof outcome === 'object') return outcome.rates;
  log('rates_unread', { key, why: outcome });
  return undefined;
}

async function fetchRates(env: Env, key: string): Promise<Held> {
  const object = await env.MODELS.get(key);
  if (!object) throw new Error(`the rates ${key} are missing`);
  const text = await object.text();
  const rates = new ServedRates(servedRatesSchema.parse(JSON.parse(text)));
  const held = { bytes: text.length * BYTES_PER_CHARACTER, rates };
  cache.set(key, held);
  return held;
}

/** The days that something is kept of, oldest first. */
async function daysOf(env: Env, site: string, what: 'counts' | 'rates'): Promise<RatesOfDay[]> {
  const prefix = prefixOf(site, what);
  const { objects } = await env.MODELS.list({ prefix });
  return objects
    .map(({ key }) => ({ key, day: Number(key.slice(prefix.length, prefix.length + DAY_DIGITS)) }))
    .sort((a, b) => a.day - b.day);
}
