import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { BENCH_SITE, benchEvent, ingestRequest, readRequest } from '../harness/bench-site.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const SMALL = 1_000;
const LARGE = 1_000_000;
/** Products of a request. */
const CHUNK = 50_000;
/** Products a category has, whatever the catalogue's size. */
const ITEMS_PER_CATEGORY = 50;
const VISITORS = 200;
const VIEWS = 10;
const SAMPLES = 1_500;
/** A read touches what the visitor's last few items need, so the catalogue's size must not show; room for noise. */
const SAME = { compare: '<=', bound: 1.5 } as const;

/** How a read grows from 1,000 to 1,000,000 products, with visitors whose views are spread over the whole catalogue. */
export function benchCatalogue(): Promise<Result[]> {
  return withWorker('vitrine', { maxBatchTimeoutSeconds: 0.05 }, async (running) => {
    await uploadItems(running, 0, SMALL);
    const small = await measureReads(running, SMALL, VISITORS * VIEWS);
    const startedAt = performance.now();
    for (let from = SMALL; from < LARGE; from += CHUNK) {
      await uploadItems(running, from, Math.min(LARGE, from + CHUNK));
    }
    const loadSeconds = (performance.now() - startedAt) / 1_000;
    const large = await measureReads(running, LARGE, 2 * VISITORS * VIEWS);
    return [
      measured('catalogue.read_p50_1000_items', percentile(small, 0.5), 'ms'),
      measured('catalogue.read_p99_1000_items', percentile(small, 0.99), 'ms'),
      measured('catalogue.read_p50_1000000_items', percentile(large, 0.5), 'ms'),
      measured('catalogue.read_p99_1000000_items', percentile(large, 0.99), 'ms'),
      measured('catalogue.load_items_per_second', (LARGE - SMALL) / loadSeconds, '1/s'),
      measured('catalogue.read_p50_ratio', percentile(large, 0.5) / percentile(small, 0.5), 'x', SAME),
      measured('catalogue.read_p99_ratio', percentile(large, 0.99) / percentile(small, 0.99), 'x', {
        compare: '<=',
        bound: 3,
      }),
    ];
  });
}

/** As a shop would: by the API, some ten thousand products a request. */
async function uploadItems({ client }: Running, from: number, to: number): Promise<void> {
  const lines = Array.from({ length: to - from }, (_, at) => {
    const n = from + at;
    return JSON.stringify({
      id: `p${n}`,
      title: `Product ${n}`,
      url: `https://shop.example/p/${n}`,
      price: { amount: 20 + (n % 80), currency: 'EUR' },
      category: `c${Math.floor(n / ITEMS_PER_CATEGORY)}`,
    });
  });
  await client.expect(200, {
    method: 'POST',
    path: '/api/catalog',
    headers: { authorization: `Bearer ${BENCH_SITE.secretKey}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
}

/**
 * ms of each read, one after the other, of new visitors who viewed products all over a catalogue of `items`. `counted`: events
 * that the rollups then hold.
 */
async function measureReads(running: Running, items: number, counted: number): Promise<number[]> {
  const { client, vitrine } = running;
  const name = (visitor: number) => `of-${items}-${visitor}`;
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    const events = Array.from({ length: VIEWS }, (_, view) => {
      const item = Math.floor(((visitor * VIEWS + view) * items) / (VISITORS * VIEWS));
      const event = benchEvent(name(visitor), 'product_viewed', item, Date.now() - view * 60_000);
      return { ...event, properties: { ...event.properties, category: `c${Math.floor(item / ITEMS_PER_CATEGORY)}` } };
    });
    await client.expect(202, ingestRequest(events));
  }
  await waitCounted(vitrine, counted);
  await vitrine.scheduled();
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    samples.push((await client.expect(200, readRequest(name(sample % VISITORS)))).ms);
  }
  return samples;
}
