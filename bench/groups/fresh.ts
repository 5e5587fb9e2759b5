import { BENCH_SITE, benchEvent, catalogRequest, ingestRequest, readRequest } from '../harness/bench-site.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';
import { prepareReads } from './read.ts';

const SAMPLES = 400;
const ITEMS = 500;
/** Reads of one sample before it counts as failed. */
const MAX_READS = 1_000;
/** How long the consumer stands still in the last figure. */
const STOPPED_MS = 10_000;
const BOUND = { compare: '<=', bound: 50 } as const;

/** From the 202 of an event to the end of the first read whose recommendations have changed by it, by type and way. */
export async function benchFresh(): Promise<Result[]> {
  const consumed = await withWorker('vitrine', { maxBatchTimeoutSeconds: 0.05 }, async (running) => {
    await prepareReads(running);
    const views = await sampled(SAMPLES, (sample) => freshness(running, 'product_viewed', sample));
    const carts = await sampled(SAMPLES, (sample) => freshness(running, 'product_added', sample));
    for (let pair = 0; pair < PAIRS; pair += 1)
      for (const device of [`phone-${pair}`, `laptop-${pair}`]) await identify(running, device, `person-${pair}`);
    const others = await sampled(SAMPLES, (sample) =>
      freshness(running, 'product_viewed', sample, `phone-${sample % PAIRS}`, `laptop-${sample % PAIRS}`),
    );
    return { views, carts, others };
  });
  const stopped = await withWorker('vitrine', { queue: 'unconsumed' }, async (running) => {
    await running.client.expect(200, catalogRequest(ITEMS));
    const until = performance.now() + STOPPED_MS;
    const samples: number[] = [];
    while (performance.now() < until) samples.push(await freshness(running, 'product_viewed', samples.length));
    return samples;
  });
  return [
    measured('fresh.p50', percentile(consumed.views, 0.5), 'ms', undefined, 'views'),
    measured('fresh.p99', percentile(consumed.views, 0.99), 'ms', BOUND, 'views'),
    measured('fresh.cart_p99', percentile(consumed.carts, 0.99), 'ms', BOUND),
    measured(
      'fresh.other_device_p99',
      percentile(consumed.others, 0.99),
      'ms',
      BOUND,
      'views, read on a linked device',
    ),
    measured(
      'fresh.consumer_stopped_p99',
      percentile(stopped, 0.99),
      'ms',
      BOUND,
      'views, for 10 s without a consumer',
    ),
  ];
}

/** Persons with two devices. */
const PAIRS = 20;

async function sampled(count: number, one: (sample: number) => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let sample = 0; sample < count; sample += 1) samples.push(await one(sample));
  return samples;
}

/** ms from the 202 of one visitor's event to the end of the first read of the reader that shows it. */
async function freshness(
  { client }: Running,
  type: string,
  sample: number,
  visitor = `fresh-${sample % 20}`,
  reader = visitor,
): Promise<number> {
  const item = (sample * 7) % ITEMS;
  await client.expect(202, ingestRequest([benchEvent(visitor, type, item)]));
  const accepted = performance.now();
  for (let reads = 1; ; reads += 1) {
    const { body } = await client.expect(200, readRequest(reader, 'recently_viewed'));
    const { items } = JSON.parse(body) as { items: { id: string }[] };
    if (items[0]?.id === `p${item}`) return performance.now() - accepted;
    if (reads === MAX_READS)
      throw new Error(`p${item} did not come up after ${MAX_READS} reads: ${body.slice(0, 200)}`);
  }
}

async function identify({ client }: Running, anonymousId: string, userId: string): Promise<void> {
  const event = { ...benchEvent(anonymousId, 'identify', 0), userId, properties: {} };
  const request = ingestRequest([event]);
  const headers = { authorization: `Bearer ${BENCH_SITE.secretKey}` };
  await client.expect(202, { ...request, headers });
}
