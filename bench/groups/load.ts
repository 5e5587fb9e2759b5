import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { benchEvent, catalogRequest, EVENTS_PER_REQUEST, ingestRequest, readRequest } from '../harness/bench-site.ts';
import type { BenchRequest } from '../harness/http-client.ts';
import { openLoop } from '../harness/open-loop.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const VISITORS = 2_000;
const KNOWN_VIEWS = 10;
const ITEMS = 2_000;
const EVENTS_PER_SECOND = 600;
const READS_PER_SECOND = 120;
/** A route that does nothing but answer: how long it waits is how long something else held the thread. */
const PROBES_PER_SECOND = 20;
const QUIET_MS = 10_000;
const WARM_UP_MS = 15_000;
const LOAD_MS = 60_000;
/** The cron trigger fires twice as often as in production. */
const CRON_EACH_MS = 30_000;
/** The read's deadline and a little. */
const SLOW_MS = 60;
/** Products that most visitors look at, as in a shop: a third of the views. */
const POPULAR = 50;

/** Reads, while events are taken in, consumed and published on the same thread, against the same reads alone. */
export function benchLoad(): Promise<Result[]> {
  return withWorker('vitrine', { inMemory: true }, async (running) => {
    await prepare(running);
    await phase(running, 3_000, false);
    const quiet = await phase(running, QUIET_MS, false);
    // Compilers and caches settle, and the objects of the visitors wake, before anything is measured.
    await phase(running, WARM_UP_MS, true);
    const loaded = await phase(running, LOAD_MS, true);
    const tiers = [...loaded.tiers].map(([tier, count]) => `${tier} ${count}`).join(', ');
    const slow = loaded.reads.filter((ms) => ms > SLOW_MS).length / loaded.reads.length;
    return [
      measured('load.read_p50_alone', percentile(quiet.reads, 0.5), 'ms'),
      measured('load.read_p99_alone', percentile(quiet.reads, 0.99), 'ms'),
      measured('load.longest_slice_alone', Math.max(...quiet.probes), 'ms'),
      measured('load.read_p50', percentile(loaded.reads, 0.5), 'ms', undefined, `tiers: ${tiers}`),
      measured('load.read_p99', percentile(loaded.reads, 0.99), 'ms'),
      measured(
        `load.reads_over_${SLOW_MS}_ms`,
        slow * 100,
        '%',
        { compare: '<=', bound: 1 },
        `of ${loaded.reads.length} reads at ${EVENTS_PER_SECOND} events/s`,
      ),
      measured('load.slice_p99', percentile(loaded.probes, 0.99), 'ms'),
      measured('load.longest_slice', Math.max(...loaded.probes), 'ms'),
      measured('load.events_taken', loaded.taken / (LOAD_MS / 1_000), '/s'),
    ];
  });
}

/** Makes visitors known, and a model of what they viewed. */
async function prepare({ client, vitrine }: Running): Promise<void> {
  await client.expect(200, catalogRequest(ITEMS));
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    const events = Array.from({ length: KNOWN_VIEWS }, (_, view) =>
      benchEvent(`visitor-${visitor}`, 'product_viewed', viewed(visitor * 31 + view * 7), Date.now() - view * 60_000),
    );
    await client.expect(202, ingestRequest(events));
    // A burst of more than 10,000 messages breaks the local queue.
    if (visitor % 500 === 499) await waitCounted(vitrine, (visitor + 1) * KNOWN_VIEWS);
  }
  await vitrine.scheduled();
}

/** Reads and probes for a time; with the load, also events and the cron trigger. */
async function phase({ client, vitrine }: Running, durationMs: number, loaded: boolean) {
  const tiers = new Map<string, number>();
  const reads: number[] = [];
  const probes: number[] = [];
  let taken = 0;
  let seed = 0;
  const loops = [
    openLoop({ perSecond: READS_PER_SECOND, durationMs }, async (waitedMs) => {
      seed += 1;
      const answer = await client.expect(200, readRequest(`visitor-${(seed * 37) % VISITORS}`));
      reads.push(waitedMs + answer.ms);
      const { tier } = JSON.parse(answer.body) as { tier: string };
      tiers.set(tier, (tiers.get(tier) ?? 0) + 1);
    }),
    openLoop({ perSecond: PROBES_PER_SECOND, durationMs }, async (waitedMs) => {
      probes.push(waitedMs + (await client.expect(200, { path: '/v/beacon.js' })).ms);
    }),
  ];
  if (loaded) {
    loops.push(
      openLoop({ perSecond: EVENTS_PER_SECOND / EVENTS_PER_REQUEST, durationMs }, async () => {
        seed += 1;
        await client.expect(202, events(seed));
        taken += EVENTS_PER_REQUEST;
      }),
      openLoop({ perSecond: 1_000 / CRON_EACH_MS, durationMs }, () => vitrine.scheduled()),
    );
  }
  await Promise.all(loops);
  return { reads, probes, tiers, taken };
}

/** A request of a visitor's views, with now and then a cart change, as in a click log. */
function events(seed: number): BenchRequest {
  const visitor = `visitor-${(seed * 53) % VISITORS}`;
  return ingestRequest(
    Array.from({ length: EVENTS_PER_REQUEST }, (_, index) => {
      const type = (seed * 7 + index) % 14 === 0 ? 'product_added' : 'product_viewed';
      return benchEvent(visitor, type, viewed(seed * 11 + index * 3));
    }),
  );
}

function viewed(seed: number): number {
  return seed % 3 === 0 ? seed % POPULAR : (seed * 17) % ITEMS;
}
