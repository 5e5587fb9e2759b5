import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { BENCH_SITE, benchEvent, catalogRequest, ingestRequest, readRequest } from '../harness/bench-site.ts';
import { ClientThread } from '../harness/client-thread.ts';
import type { BenchRequest } from '../harness/http-client.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const VISITORS = 50;
const VIEWS = 20;
const ITEMS = 500;
const SAMPLES = 6_000;
/** Until the compilers of both Workers and of the client have settled: on two processors each function that is compiled beside a read makes it wait. */
const WARM_UP = 24_000;
/** Requests in a row to one Worker, so that the other one's collector does not run in between. */
const TURN = 100;
/** Of them those that do not count: the first ones find the processor's caches full of what the other Worker has done. */
const LEAD_IN = 5;

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

/** Slots that have rules: one most for other places, which are found by it, and one for each visitor, which are all asked. */
const PLACED = 'placed';
const ASKED = 'asked';
const RULES = 50;

/** Fifty rules of every kind for each of two slots: most do not hold, some pin, weigh and exclude. */
async function publishRules({ client }: Running): Promise<void> {
  const when = ['context.country == "AT"', '"vip" in segments', 'visitor.sessions > 5', 'context.hour < 3'];
  const place = {
    [PLACED]: (n: number) => `context.device == "mobile" && ${when[n % when.length]} || context.page == "/${n}"`,
    [ASKED]: (n: number) => `context.device != "unknown" && ${when[n % when.length]} || visitor.sessions > ${100 + n}`,
  };
  const rules = Object.entries(place).flatMap(([slot, whenOf]) =>
    Array.from({ length: RULES }, (_, n) => ({
      name: `${slot} ${n}`,
      slots: [slot],
      ...(n >= 8 && { when: whenOf(n) }),
      actions: [
        [{ do: 'boost', where: `item.category == "c${n}" && item.price > 30`, by: 1.5 }],
        [{ do: 'exclude', where: `item.id == "p${n}"` }],
        [{ do: 'pin', items: [`p${n * 3}`], place: 4 }],
        [{ do: 'bury', where: 'item.on_sale' }],
      ][n % 4],
    })),
  );
  const headers = { authorization: `Bearer ${BENCH_SITE.secretKey}`, 'content-type': 'application/json' };
  await client.expect(200, {
    method: 'PUT',
    path: '/api/segments/vip',
    headers,
    body: JSON.stringify({ condition: 'traits.tier == "gold"' }),
  });
  const slot = { limit: 8, diversity: 0.2 };
  const document = { slots: { [PLACED]: slot, [ASKED]: slot }, rules };
  await client.expect(200, {
    method: 'PUT',
    path: '/api/merchandising/draft',
    headers,
    body: JSON.stringify(document),
  });
  await client.expect(200, { method: 'POST', path: '/api/merchandising/publish', headers, body: '{}' });
}

/** A read of recommendations, profile included, against a bare Durable Object round trip, one after the other in turns. */
export function benchRead(): Promise<Result[]> {
  return withWorker('vitrine', { maxBatchTimeoutSeconds: 0.05, inMemory: true }, (vitrine) =>
    withWorker('bare', { queue: 'unconsumed', inMemory: true }, async (bare) => {
      await prepareReads(vitrine);
      await publishRules(vitrine);
      const reads: number[] = [];
      const placed: number[] = [];
      const asked: number[] = [];
      const trips: number[] = [];
      const tiers = new Map<string, number>();
      const client = new ClientThread();
      const turn = async (
        { vitrine: { url } }: Running,
        requests: readonly BenchRequest[],
        times: number[],
        at: number,
      ) => {
        const answers = await client.send({ url, requests });
        if (at >= 0) times.push(...answers.slice(LEAD_IN).map(({ ms }) => ms));
        return answers;
      };
      try {
        for (let sample = -WARM_UP; sample < SAMPLES; sample += TURN) {
          const visitors = Array.from({ length: TURN }, (_, at) => `visitor-${Math.abs(sample + at) % VISITORS}`);
          const objects = visitors.map((visitor) => ({ path: `/object?name=${visitor}` }));
          await turn(bare, objects, trips, sample);
          const plain = visitors.map((visitor) => readRequest(visitor));
          for (const { body } of await turn(vitrine, plain, reads, sample)) {
            const { tier } = JSON.parse(body) as { tier: string };
            if (sample >= 0) tiers.set(tier, (tiers.get(tier) ?? 0) + 1);
          }
          for (const [slot, times] of [
            [PLACED, placed],
            [ASKED, asked],
          ] as const)
            await turn(
              vitrine,
              visitors.map((visitor) => readRequest(visitor, 'for_you', slot)),
              times,
              sample,
            );
        }
      } finally {
        await client.close();
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
        ...(
          [
            ['with_50_rules', placed],
            ['with_50_rules_asked', asked],
          ] as const
        ).flatMap(([name, times]) => [
          measured(`read.p50_ratio_${name}`, percentile(times, 0.5) / percentile(trips, 0.5), 'x'),
          measured(`read.p99_ratio_${name}`, percentile(times, 0.99) / percentile(trips, 0.99), 'x', {
            compare: '<=',
            bound: 2,
          }),
        ]),
      ];
    }),
  );
}
