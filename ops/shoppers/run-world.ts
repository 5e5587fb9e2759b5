import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { DEFAULT_BACKOFF } from '../../core/http/backoff.ts';
import { seededRandom } from '../seeded-random.ts';
import { Pace } from '../send-events/pace.ts';
import { sendBatch } from '../send-events/send-batch.ts';
import type { ShopProduct } from './product.ts';
import { SHOPPER_REQUEST } from './run-shoppers.ts';
import { appeal, makeShopper } from './shopper.ts';
import type { Truth, World } from './world.ts';

const TIMEOUT_MS = 30_000;

const answerSchema = z.object({
  strategy: z.string(),
  decision: z.string().optional(),
  items: z.array(z.object({ id: z.string() })),
});

interface WorldOptions {
  readonly url: string;
  /** Write key of the site. */
  readonly key: string;
  readonly products: readonly ShopProduct[];
  readonly seed: number;
  /** Visitors a second. */
  readonly rate: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (visitors: number) => void;
}

/**
 * Brings the visitors of a world to its slot, through the real read and the real ingest: each asks what it shows, sees it, clicks by his taste and
 * the place, and may order. Returns what they did, by the strategy that served: what the results of an experiment are to be held against.
 */
export async function runWorld(world: World, options: WorldOptions): Promise<Record<string, Truth>> {
  const { products, seed, rate, signal } = options;
  const random = seededRandom(seed);
  const byId = new Map(products.map((product) => [product.id, product]));
  const pace = new Pace(rate);
  const truth: Record<string, Truth> = {};
  const target = {
    ...{ url: options.url, key: options.key, backoff: DEFAULT_BACKOFF, timeoutMs: TIMEOUT_MS, signal },
    headers: () => ({ 'cf-ray': `${SHOPPER_REQUEST}${randomUUID()}` }),
  };
  for (let visitor = 0; visitor < world.visitors && !signal?.aborted; visitor += 1) {
    const pauseMs = pace.reserve(1, Date.now());
    if (pauseMs > 0) await sleep(pauseMs);
    const shopper = makeShopper(`world-${seed}-${visitor}`, products, random);
    const shown = await ask(world, options, shopper.anonymousId);
    truth[shown.strategy] ??= { visitors: 0, clicks: 0, orders: 0, revenue: 0 };
    const of = truth[shown.strategy] as Truth;
    const { click = 1, order = 1 } = world.effects[shown.strategy as keyof World['effects']] ?? {};
    const events: object[] = [];
    const track = (type: string, properties: object) =>
      events.push({
        id: randomUUID(),
        ...{ type, occurredAt: new Date().toISOString(), anonymousId: shopper.anonymousId, properties },
      });
    const { slot } = world;
    const { decision } = shown;
    track('page_viewed', { url: '/' });
    track('recommendation_shown', { slot, decision, products: shown.items.map(({ id }) => ({ product_id: id })) });
    of.visitors += 1;
    let bought: ShopProduct | undefined;
    for (const [place, { id }] of shown.items.entries()) {
      const product = byId.get(id);
      if (!product) continue;
      const chance = world.click * click * world.decay ** place * Math.min(1, appeal(shopper, product, undefined));
      if (random() >= chance) continue;
      track('recommendation_clicked', { slot, decision, product_id: id });
      track('product_viewed', { product_id: id });
      of.clicks += 1;
      if (random() < world.orderAfterClick * order) bought ??= product;
    }
    if (random() < world.orderAnyway * order) bought ??= products[Math.floor(random() * products.length)];
    if (bought) {
      const { amount: total, currency } = bought.price;
      track('order_completed', { order_id: randomUUID(), total, currency, products: [{ product_id: bought.id }] });
      of.orders += 1;
      of.revenue += total;
    }
    await sendBatch(target, events);
    options.onProgress?.(visitor + 1);
  }
  return truth;
}

async function ask({ slot, strategy, limit }: World, { url, key }: WorldOptions, anonymousId: string) {
  const response = await fetch(`${url.replace(/\/$/, '')}/v/recommendations`, {
    method: 'POST',
    body: JSON.stringify({ key, slot, strategy, limit, anonymousId }),
  });
  if (!response.ok) throw new Error(`the slot answered ${response.status}: ${await response.text()}`);
  return answerSchema.parse(await response.json());
}
