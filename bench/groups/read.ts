import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { benchEvent, catalogRequest, ingestRequest, readRequest } from '../harness/bench-site.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const VISITORS = 50;
const VIEWS = 20;
const ITEMS = 500;
const SAMPLES = 6_000;
/** Until the compilers of both Workers and of the client have settled. */
const WARM_UP = 6_000;
/** Requests in a row to one Worker, so that the other one's collector does not run in between. */
const TURN = 100;

/** Fills the catalogue and gives each visitor a history, then publishes the model. */
export async function prepareReads({ client, vitrine }: Running): Promise<void> {
  await client.expect(200, catalogRequest(ITEMS));
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    const events = Array.from({ length: VIEWS }, (_, view) =>
      benchEvent(`visitor-${visitor}`, 'product_viewed', (visitor * 13 + view * 3) % ITEMS, Date.now() - view * 60_000),
    );
    await client.expect(202, ingestRequest(events));
  }
  await waitCounted(vitrine, VISITORS * VIEWS);
  await vitrine.scheduled();
}

/** A read of recommendations, profile included, against a bare Durable Object round trip, one after the other in turns. */
export function benchRead(): Promise<Result[]> {
  return withWorker('vitrine', { maxBatchTimeoutSeconds: 0.05 }, (vitrine) =>
    withWorker('bare', { queue: 'unconsumed' }, async (bare) => {
      await prepareReads(vitrine);
      const reads: number[] = [];
      const trips: number[] = [];
      const tiers = new Map<string, number>();
      for (let sample = -WARM_UP; sample < SAMPLES; sample += TURN) {
        const visitors = Array.from({ length: TURN }, (_, at) => `visitor-${Math.abs(sample + at) % VISITORS}`);
        for (const visitor of visitors) {
          const trip = await bare.client.expect(200, { path: `/object?name=${visitor}` });
          if (sample >= 0) trips.push(trip.ms);
        }
        for (const visitor of visitors) {
          const read = await vitrine.client.expect(200, readRequest(visitor));
          if (sample < 0) continue;
          reads.push(read.ms);
          const { tier } = JSON.parse(read.body) as { tier: string };
          tiers.set(tier, (tiers.get(tier) ?? 0) + 1);
        }
      }
      const served = [...tiers].map(([tier, count]) => `${tier} ${count}`).join(', ');
      return [
        measured('read.p50', percentile(reads, 0.5), 'ms', undefined, `tiers: ${served}`),
        measured('read.p99', percentile(reads, 0.99), 'ms'),
        measured('read.bare_object_p50', percentile(trips, 0.5), 'ms'),
        measured('read.bare_object_p99', percentile(trips, 0.99), 'ms'),
        measured('read.p50_ratio_to_bare', percentile(reads, 0.5) / percentile(trips, 0.5), 'x'),
        measured('read.p99_ratio_to_bare', percentile(reads, 0.99) / percentile(trips, 0.99), 'x', {
          compare: '<=',
          bound: 2,
        }),
      ];
    }),
  );
}
