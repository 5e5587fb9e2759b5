import { setTimeout as sleep } from 'node:timers/promises';
import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { benchEvent, EVENTS_PER_REQUEST, ingestRequest } from '../harness/bench-site.ts';
import { type Billable, listPriceUsd, PRICES_DATED, PRICES_USD_PER_MILLION } from '../harness/prices.ts';
import { processCpuMs } from '../harness/process-cpu.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const REQUESTS = 2_000;
const VISITORS = 400;
/** Requests a second: what fills the consumer's batches of one second to their hundred messages, as busy traffic does. */
const RATE = 200;
/** Every so many requests a cart change, and an order: shares of a public click log. */
const CART_EVERY = 4;
const ORDER_EVERY = 10;
const MILLION = 1_000_000;

type Counters = Record<Exclude<Billable, 'cpuMs'> | 'queueMessages' | 'queueBatches', number>;

/** Billable operations of each event from request to lake, counted in the running system, and their list price. */
export function benchCost(): Promise<Result[]> {
  return withWorker('counted', {}, async (running) => {
    const { client } = running;
    await client.expect(202, ingestRequest([benchEvent('warm-up', 'product_viewed', 1)]));
    await waitCounted(running.vitrine, 1);
    await readCounters(running);
    const cpuBefore = await cpuMs(running);
    await send(running);
    const events = REQUESTS * EVENTS_PER_REQUEST;
    await waitCounted(running.vitrine, events + 1);
    await running.vitrine.scheduled();
    const cpu = (await cpuMs(running)) - cpuBefore;
    const { queueMessages, queueBatches, ...counts } = await readCounters(running);
    // A batch that is delivered runs the Worker, as a request does.
    const operations = { ...counts, requests: counts.requests + queueBatches };
    const perMillion = listPriceUsd({ ...operations, cpuMs: cpu }) * (MILLION / events);
    const perEvent = (Object.keys(PRICES_USD_PER_MILLION) as Billable[]).map((kind) =>
      measured(
        `cost.${kind}_per_event`,
        (kind === 'cpuMs' ? cpu : operations[kind]) / events,
        kind === 'cpuMs' ? 'ms' : 'operations',
        undefined,
        kind === 'cpuMs' ? 'upper bound: all CPU of workerd, simulators of D1, R2 and queues included' : undefined,
      ),
    );
    return [
      ...perEvent,
      measured('cost.messages_per_batch', queueMessages / queueBatches, 'messages'),
      measured(
        'cost.usd_per_million_events',
        perMillion,
        'USD',
        { compare: '<=', bound: 0.75 },
        `${EVENTS_PER_REQUEST} events a request, prices of ${PRICES_DATED}`,
      ),
    ];
  });
}

/** Sends the events at a steady rate. */
async function send({ client }: Running): Promise<void> {
  const start = performance.now();
  const answers: Promise<unknown>[] = [];
  for (let sent = 0; sent < REQUESTS; sent += 1) {
    await sleep(Math.max(0, start + (sent * 1_000) / RATE - performance.now()));
    const visitor = `visitor-${(sent * 17) % VISITORS}`;
    const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, index) => {
      const last = index === EVENTS_PER_REQUEST - 1;
      const type =
        last && sent % ORDER_EVERY === 0
          ? 'order_completed'
          : last && sent % CART_EVERY === 1
            ? 'product_added'
            : 'product_viewed';
      return benchEvent(visitor, type, (sent * 3 + index) % 1_000);
    });
    answers.push(client.expect(202, ingestRequest(events)));
  }
  await Promise.all(answers);
}

async function readCounters({ client }: Running): Promise<Counters> {
  const { body } = await client.expect(200, { path: '/bench/counters' });
  return JSON.parse(body) as Counters;
}

async function cpuMs({ vitrine }: Running): Promise<number> {
  const times = await Promise.all((await vitrine.workerdPids()).map(processCpuMs));
  return times.reduce((sum, time) => sum + time, 0);
}
