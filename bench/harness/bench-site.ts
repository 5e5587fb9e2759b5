import { randomUUID } from 'node:crypto';
import type { NewSite } from '../../stores/sites/site-statements.ts';
import type { BenchRequest } from './http-client.ts';

/** The site that the bench writes to. */
export const BENCH_SITE: NewSite = {
  id: 'bench',
  name: 'Bench',
  origins: [],
  writeKey: 'wk_bench',
  secretKey: 'sk_bench',
};

/** Events a request, as beacons send them; the list price holds at this number. */
export const EVENTS_PER_REQUEST = 5;

/** An event of the bench as it is sent. */
export interface BenchEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly anonymousId: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A new event of a visitor with a product; `timeMs` defaults to now. */
export function benchEvent(anonymousId: string, type: string, item: number, timeMs = Date.now()): BenchEvent {
  const id = randomUUID();
  const product = { product_id: `p${item}`, category: `c${item % 20}`, price: 20 + (item % 80), currency: 'EUR' };
  return {
    id,
    type,
    occurredAt: new Date(timeMs).toISOString(),
    anonymousId,
    properties: type === 'order_completed' ? { order_id: id, products: [product] } : product,
  };
}

/** The request that sends events. */
export function ingestRequest(events: readonly BenchEvent[]): BenchRequest {
  return {
    method: 'POST',
    path: '/v/events',
    headers: { 'x-vitrine-key': BENCH_SITE.writeKey },
    body: JSON.stringify({ sentAt: new Date().toISOString(), events }),
  };
}

/** The request for a visitor's recommendations. */
export function readRequest(anonymousId: string, strategy = 'for_you', slot = 'bench'): BenchRequest {
  const query = new URLSearchParams({ slot, strategy, anonymousId });
  return { path: `/v/recommendations?${query}`, headers: { authorization: `Bearer ${BENCH_SITE.secretKey}` } };
}

/** Puts products `p0` … into the catalogue over the API. */
export function catalogRequest(items: number): BenchRequest {
  const lines = Array.from({ length: items }, (_, item) =>
    JSON.stringify({
      id: `p${item}`,
      title: `Product ${item}`,
      url: `https://shop.example/p/${item}`,
      price: { amount: 20 + (item % 80), currency: 'EUR' },
      category: `c${item % 20}`,
    }),
  );
  return {
    method: 'POST',
    path: '/api/catalog',
    headers: { authorization: `Bearer ${BENCH_SITE.secretKey}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  };
}
