import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_BACKOFF } from '../../core/http/backoff.ts';
import { seededRandom } from '../seeded-random.ts';
import { Pace } from '../send-events/pace.ts';
import { sendBatch } from '../send-events/send-batch.ts';
import type { ShopProduct } from './product.ts';
import { makeShopper, type Shopper } from './shopper.ts';
import { type ShopperEvent, simulateSession } from './simulate-session.ts';

/** So begin the request ids of simulated shoppers where no edge gives others: a log can tell them from people. */
export const SHOPPER_REQUEST = 'shopper-';

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 30_000;
/** Sessions of a visitor: 1 … 3. */
const MAX_SESSIONS = 3;

export interface ShoppersOptions {
  /** Base URL of Vitrine. */
  readonly url: string;
  /** Write key of the site. */
  readonly key: string;
  readonly products: readonly ShopProduct[];
  readonly visitors: number;
  /** The visits lie in these hours before `untilMs`. */
  readonly hours: number;
  /** ms since 1970. */
  readonly untilMs: number;
  /** The same seed makes the same shoppers with the same visits. */
  readonly seed: number;
  /** Visits sent a second. Default: 100, which the local queue keeps up with. */
  readonly rate?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ShoppersSummary) => void;
}

export interface ShoppersSummary {
  readonly visits: number;
  readonly sent: number;
  readonly accepted: number;
}

/** Sends the visits of seeded shoppers through the real ingest, oldest first, one request a visit. Stops early by `signal`. */
export async function runShoppers(options: ShoppersOptions): Promise<ShoppersSummary> {
  const target = {
    url: options.url,
    key: options.key,
    backoff: DEFAULT_BACKOFF,
    timeoutMs: TIMEOUT_MS,
    signal: options.signal,
    headers: () => ({ 'cf-ray': `${SHOPPER_REQUEST}${randomUUID()}` }),
  };
  const pace = new Pace(options.rate ?? 100);
  let summary: ShoppersSummary = { visits: 0, sent: 0, accepted: 0 };
  for (const events of planVisits(options)) {
    const pauseMs = pace.reserve(1, Date.now());
    try {
      if (pauseMs > 0) await sleep(pauseMs, undefined, options.signal ? { signal: options.signal } : undefined);
      const { accepted } = await sendBatch(target, events);
      summary = {
        visits: summary.visits + 1,
        sent: summary.sent + events.length,
        accepted: summary.accepted + accepted,
      };
    } catch (error) {
      if (options.signal?.aborted) break;
      throw error;
    }
    options.onProgress?.(summary);
  }
  return summary;
}

/** All visits, oldest first. */
function planVisits({ products, visitors, hours, untilMs, seed }: ShoppersOptions): ShopperEvent[][] {
  const random = seededRandom(seed);
  const visits: { shopper: Shopper; startMs: number; seed: number }[] = [];
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const shopper = makeShopper(`shopper-${seed}-${visitor}`, products, random);
    const sessions = 1 + Math.floor(MAX_SESSIONS * random());
    for (let session = 0; session < sessions; session += 1) {
      const startMs = Math.floor(untilMs - random() * hours * HOUR_MS);
      visits.push({ shopper, startMs, seed: Math.floor(random() * 2 ** 32) });
    }
  }
  return visits
    .sort((a, b) => a.startMs - b.startMs)
    .map((visit) =>
      simulateSession(visit.shopper, products, visit.startMs, seededRandom(visit.seed)).filter(
        ({ occurredAt }) => Date.parse(occurredAt) <= untilMs,
      ),
    )
    .filter((events) => events.length > 0);
}
