import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DecisionSigner } from '../../core/decisions/decision-token.ts';
import { lakeApi } from '../../ops/lake/lake-api.ts';
import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { BENCH_SITE, benchEvent, EVENTS_PER_REQUEST, ingestRequest } from '../harness/bench-site.ts';
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
export async function benchCost(): Promise<Result[]> {
  const results = await benchEvents();
  const withTable = await compactionUsd({});
  const without = await compactionUsd({ LAKE_LOCATION: '' });
  return [
    ...results,
    measured(
      'cost.table_usd_per_million_events',
      (withTable - without) * (MILLION / (REQUESTS * EVENTS_PER_REQUEST)),
      'USD',
      { compare: '<=', bound: 0.02 },
      'the same events compacted once with and without the Iceberg table; operations but CPU',
    ),
  ];
}

/** What it takes to compact the events of one run: USD, without CPU, which is noise here. */
function compactionUsd(vars: Readonly<Record<string, string>>): Promise<number> {
  return withWorker('counted', { vars }, async (running) => {
    await send(running, () => undefined);
    await waitCounted(running.vitrine, REQUESTS * EVENTS_PER_REQUEST);
    await readCounters(running);
    await lakeApi({ url: running.vitrine.url, key: BENCH_SITE.secretKey }).compact();
    const { queueMessages: _, queueBatches: __, ...operations } = await readCounters(running);
    return listPriceUsd({ ...operations, cpuMs: 0 });
  });
}

function benchEvents(): Promise<Result[]> {
  return withWorker('counted', {}, async (running) => {
    const { client } = running;
    await client.expect(202, ingestRequest([benchEvent('warm-up', 'product_viewed', 1)]));
    await waitCounted(running.vitrine, 1);
    const events = REQUESTS * EVENTS_PER_REQUEST;
    const { operations, cpu, queueMessages, queueBatches } = await measure(running, 1, () => undefined);
    const experiments = await experimentsUsd(running, events + 1);
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
      measured(
        'cost.experiments_usd_per_million_events',
        experiments * (MILLION / events),
        'USD',
        { compare: '<=', bound: 0.03 },
        'the same events with and without the tokens of an experiment, one in five an impression; operations but CPU',
      ),
    ];
  });
}

/** What the same events cost more when each impression bears a token of an experiment: USD, without CPU, which is noise here. */
async function experimentsUsd(running: Running, counted: number): Promise<number> {
  const db = await running.vitrine.getD1('DB');
  const row = await db
    .prepare('SELECT key FROM visitor_keys WHERE site = ?')
    .bind(BENCH_SITE.id)
    .first<{ key: string }>();
  const signer = new DecisionSigner(BENCH_SITE.id, row?.key ?? '');
  const decided = {
    slot: 'bench',
    strategy: 'for_you',
    tier: 'live',
    model: 1,
    items: ['p1'],
  } as const;
  const token = (visitor: string, sent: number) =>
    signer.sign(
      { anonymousId: visitor },
      { ...decided, trials: [{ number: 1, variant: sent % 2, propensity: 0.5 }] },
      Date.now(),
      randomBytes(6),
    );
  const events = REQUESTS * EVENTS_PER_REQUEST;
  const without = await measure(running, counted, () => ({ slot: 'bench' }));
  const having = await measure(running, counted + events, (visitor, sent) => ({
    slot: 'bench',
    decision: token(visitor, sent),
  }));
  const usd = ({ operations }: typeof without) => listPriceUsd({ ...operations, cpuMs: 0 });
  return usd(having) - usd(without);
}

/** Sends the events and counts what that takes, from request to lake. `counted`: events that were before. */
async function measure(running: Running, counted: number, impression: Impression) {
  await readCounters(running);
  const cpuBefore = await cpuMs(running);
  await send(running, impression);
  await waitCounted(running.vitrine, counted + REQUESTS * EVENTS_PER_REQUEST);
  await running.vitrine.scheduled();
  const cpu = (await cpuMs(running)) - cpuBefore;
  const { queueMessages, queueBatches, ...counts } = await readCounters(running);
  // A batch that is delivered runs the Worker, as a request does.
  return { operations: { ...counts, requests: counts.requests + queueBatches }, cpu, queueMessages, queueBatches };
}

/** What the first event of a request says as an impression; nothing where it is none. */
type Impression = (visitor: string, sent: number) => Readonly<Record<string, string>> | undefined;

/** Sends the events at a steady rate. */
async function send({ client }: Running, impression: Impression): Promise<void> {
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
    const [first] = events;
    const shown = impression(visitor, sent);
    if (first && shown) events[0] = { ...first, type: 'recommendation_shown', properties: shown };
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
