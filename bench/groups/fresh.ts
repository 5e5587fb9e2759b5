import { benchEvent, ingestRequest, readRequest } from '../harness/bench-site.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { withWorker } from '../harness/running.ts';
import { prepareReads } from './read.ts';

const SAMPLES = 400;
const ITEMS = 500;
/** Reads of one sample before it counts as failed. */
const MAX_READS = 1_000;

/** From the 202 of a cart change to the end of the first read whose recommendations have changed by it. */
export function benchFresh(): Promise<Result[]> {
  return withWorker('vitrine', { maxBatchTimeoutSeconds: 0.05 }, async (running) => {
    await prepareReads(running);
    const { client } = running;
    const samples: number[] = [];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const visitor = `fresh-${sample % 20}`;
      const item = (sample * 7) % ITEMS;
      await client.expect(202, ingestRequest([benchEvent(visitor, 'product_added', item)]));
      const accepted = performance.now();
      for (let reads = 1; ; reads += 1) {
        const { body } = await client.expect(200, readRequest(visitor, 'recently_viewed'));
        const { items } = JSON.parse(body) as { items: { id: string }[] };
        if (items[0]?.id === `p${item}`) break;
        if (reads === MAX_READS)
          throw new Error(`p${item} did not come up after ${MAX_READS} reads: ${body.slice(0, 200)}`);
      }
      samples.push(performance.now() - accepted);
    }
    return [
      measured('fresh.p50', percentile(samples, 0.5), 'ms'),
      measured('fresh.p99', percentile(samples, 0.99), 'ms', { compare: '<=', bound: 50 }),
    ];
  });
}
