import { writeProtobuf } from '../../core/collect/protobuf.ts';
import { BENCH_SITE, type BenchEvent, benchEvent, EVENTS_PER_REQUEST, ingestRequest } from '../harness/bench-site.ts';
import { closedLoop } from '../harness/closed-loop.ts';
import type { BenchRequest } from '../harness/http-client.ts';
import { median } from '../harness/percentile.ts';
import { processCpuMs } from '../harness/process-cpu.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const CONNECTIONS = 16;
const ROUNDS = 7;
const ROUND_MS = 1_500;
const VISITORS = 500;
/** Share of events that change a cart or order, as in a public click log (cart 5.3%, buy 2.1%). */
const CRITICAL_SHARE = 0.074;

/** Five events of one visitor, a new one each time; `criticalShare` of them go to the profile in the same request. */
function batches(criticalShare: number): () => readonly BenchEvent[] {
  let sent = 0;
  return () => {
    sent += 1;
    const visitor = `visitor-${sent % VISITORS}`;
    return Array.from({ length: EVENTS_PER_REQUEST }, (_, index) => {
      const type = Math.random() < criticalShare ? 'product_added' : 'product_viewed';
      return benchEvent(visitor, type, (sent * 7 + index) % 1_000);
    });
  };
}

const headers = { 'x-vitrine-key': BENCH_SITE.writeKey };

/** The same events as other formats have them. */
const FORMATS: Readonly<Record<string, (events: readonly BenchEvent[]) => BenchRequest>> = {
  segment: (events) => ({
    method: 'POST',
    path: '/v1/batch',
    body: JSON.stringify({
      writeKey: BENCH_SITE.writeKey,
      sentAt: new Date().toISOString(),
      batch: events.map(({ id, occurredAt, anonymousId, properties }) => ({
        ...{ type: 'track', event: 'Product Viewed', messageId: id, timestamp: occurredAt, anonymousId, properties },
      })),
    }),
  }),
  protobuf: (events) => ({
    method: 'POST',
    path: '/v/events',
    headers: { ...headers, 'content-type': 'application/x-protobuf' },
    body: writeProtobuf({ sentAt: new Date().toISOString(), events }),
  }),
  cloudevents: (events) => ({
    method: 'POST',
    path: '/v/events',
    headers: { ...headers, 'content-type': 'application/cloudevents-batch+json' },
    body: JSON.stringify(
      events.map(({ id, type, occurredAt, anonymousId, properties }) => ({
        ...{
          specversion: '1.0',
          id,
          source: '/bench',
          type,
          time: occurredAt,
          anonymousid: anonymousId,
          data: properties,
        },
      })),
    ),
  }),
  ndjson: (events) => ({
    method: 'POST',
    path: '/v/import',
    headers: { authorization: `Bearer ${BENCH_SITE.secretKey}`, 'content-type': 'application/x-ndjson' },
    body: events.map((event) => JSON.stringify(event)).join('\n'),
  }),
};
/** How the door takes the events of its own type; all have the same schema. */
const DOORS = ['off', 'watch', 'refuse'] as const;

/** A schema of forty lines, as a shop writes it for its orders. */
const ORDER_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['number', 'total', 'currency', 'lines'],
  properties: {
    number: { type: 'string', pattern: '^[A-Z]+-\\d+$' },
    total: { type: 'number', minimum: 0 },
    tax: { type: 'number', minimum: 0 },
    currency: { enum: ['EUR', 'USD', 'GBP'] },
    coupon: { type: ['string', 'null'], maxLength: 64 },
    placed_at: { type: 'string', format: 'date-time' },
    lines: {
      type: 'array',
      minItems: 1,
      maxItems: 200,
      items: {
        type: 'object',
        required: ['sku', 'price'],
        properties: {
          sku: { type: 'string', pattern: '^[A-Z0-9-]+$' },
          price: { type: 'number', minimum: 0, multipleOf: 0.01 },
          quantity: { type: 'integer', minimum: 1 },
        },
      },
    },
  },
};
const orderProperties = (n: number) => ({
  number: `A-${n}`,
  total: 59.97,
  tax: 9.57,
  currency: 'EUR',
  coupon: null,
  placed_at: '2026-05-01T12:00:00Z',
  lines: [1, 2, 3].map((line) => ({ sku: `P-${n}-${line}`, price: 19.99, quantity: line })),
});

/** Registers the schema for a type each, and says how its door takes events. */
async function openDoors({ client }: Running): Promise<void> {
  const access = { authorization: `Bearer ${BENCH_SITE.secretKey}`, 'content-type': 'application/json' };
  for (const mode of DOORS) {
    const sent = { schema: JSON.stringify(ORDER_SCHEMA), schemaType: 'JSON' };
    const path = `/registry/subjects/order_${mode}/versions`;
    await client.send({ method: 'POST', path, headers: access, body: JSON.stringify(sent) });
    const door: BenchRequest = {
      method: 'PUT',
      path: `/api/schemas/order_${mode}/door`,
      headers: access,
      body: JSON.stringify({ mode }),
    };
    await client.send(door);
  }
}

const STATUS: Readonly<Record<string, number>> = { segment: 200, ndjson: 200 };

/** Requests a second, and ms of the server's CPU an event. */
interface Round {
  readonly rate: number;
  readonly cpu: number;
}

/** A way in: which server takes it, what it answers, what is sent. */
interface Way {
  readonly server: 'vitrine' | 'bare';
  readonly status: number;
  readonly next: () => BenchRequest;
}

/**
 * Ingest throughput against a bare route that parses the same JSON and sends it to a queue, in turns; then the other formats likewise, on servers
 * of their own, since what waits in the queue weighs on the next. The queues have no consumer here: what is compared is the way to the 202.
 */
export async function benchIngest(): Promise<Result[]> {
  const [views, mixed] = [batches(0), batches(CRITICAL_SHARE)];
  const json = (next: () => readonly BenchEvent[]) => () => ingestRequest(next());
  const bare: Way = { server: 'bare', status: 202, next: json(views) };
  const own = await inTurns({
    bare,
    views: { server: 'vitrine', status: 202, next: json(views) },
    mixed: { server: 'vitrine', status: 202, next: json(mixed) },
  });
  const formats = Object.entries(FORMATS).map(([name, request]): [string, Way] => [
    name,
    { server: 'vitrine', status: STATUS[name] ?? 202, next: () => request(views()) },
  ]);
  const others = await inTurns({ bare, ...Object.fromEntries(formats) });
  const doors = await inTurns(
    { bare, ...Object.fromEntries(DOORS.map((mode) => [mode, doorWay(mode, views)])) },
    openDoors,
  );
  const microsOf = (mode: string) => doors.beyond(mode, 'off', 'cpu') * 1_000;
  const sizes = views();
  const bytes = (request: BenchRequest) => Buffer.byteLength(request.body ?? '');
  const critical = `${(CRITICAL_SHARE * 100).toFixed(1)}% of events also go to the profile before the 202`;
  return [
    measured('ingest.events_per_second', own.rate('views'), 'events/s'),
    measured('ingest.bare_events_per_second', own.rate('bare'), 'events/s'),
    measured('ingest.ratio_to_bare', own.ratio('views', 'rate'), 'x', { compare: '>=', bound: 0.5 }),
    measured('ingest.cpu_ratio_to_bare', own.ratio('views', 'cpu'), 'x', undefined, 'CPU of the server an event'),
    measured('ingest.ratio_to_bare_with_critical', own.ratio('mixed', 'rate'), 'x', undefined, critical),
    measured('ingest.json_bytes', bytes(ingestRequest(sizes)), 'B', undefined, 'of a request with five events'),
    ...Object.entries(FORMATS).flatMap(([name, request]) => [
      measured(`ingest.${name}_ratio_to_bare`, others.ratio(name, 'rate'), 'x'),
      measured(`ingest.${name}_cpu_ratio_to_bare`, others.ratio(name, 'cpu'), 'x'),
      measured(`ingest.${name}_bytes`, bytes(request(sizes)), 'B'),
    ]),
    ...DOORS.map((mode) => measured(`ingest.door_${mode}_cpu_ratio_to_bare`, doors.ratio(mode, 'cpu'), 'x')),
    measured(
      'ingest.door_watch_us',
      microsOf('watch'),
      'µs',
      { compare: '<=', bound: 25 },
      'CPU an order of three lines, beyond a door that is off',
    ),
    measured('ingest.door_refuse_us', microsOf('refuse'), 'µs', { compare: '<=', bound: 25 }),
  ];
}

/** Orders of a type with a door of its own. */
function doorWay(mode: string, next: () => readonly BenchEvent[]): Way {
  let sent = 0;
  return {
    server: 'vitrine',
    status: 202,
    next: () => {
      sent += 1;
      return ingestRequest(
        next().map((event) => ({ ...event, type: `order_${mode}`, properties: orderProperties(sent) })),
      );
    },
  };
}

/** Lets ways in have their turns, round by round; one of them is called `bare`. */
function inTurns(ways: Readonly<Record<string, Way>>, prepare?: (vitrine: Running) => Promise<void>) {
  return withWorker('vitrine', { queue: 'unconsumed' }, (vitrine) =>
    withWorker('bare', { queue: 'unconsumed' }, async (bare) => {
      await prepare?.(vitrine);
      const servers = { vitrine, bare };
      const rounds: Record<string, Round[]> = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
      for (let round = 0; round <= ROUNDS; round += 1) {
        for (const [name, way] of Object.entries(ways)) {
          const done = await runRound({ ...way, server: servers[way.server] });
          // The first round warms up.
          if (round > 0) rounds[name]?.push(done);
        }
      }
      return {
        ratio: (name: string, figure: keyof Round) =>
          median((rounds[name] ?? []).map((one, at) => one[figure] / (rounds.bare?.[at]?.[figure] ?? 1))),
        /** How much more than another way, round by round. */
        beyond: (name: string, other: string, figure: keyof Round) =>
          median((rounds[name] ?? []).map((one, at) => one[figure] - (rounds[other]?.[at]?.[figure] ?? 0))),
        rate: (name: string) => median((rounds[name] ?? []).map((one) => one.rate)) * EVENTS_PER_REQUEST,
      };
    }),
  );
}

async function runRound({
  server,
  status,
  next,
}: {
  readonly server: Running;
  readonly status: number;
  readonly next: () => BenchRequest;
}): Promise<Round> {
  const cpu = async () => {
    const times = await Promise.all((await server.vitrine.workerdPids()).map(processCpuMs));
    return times.reduce((sum, ms) => sum + ms, 0);
  };
  const before = await cpu();
  let requests = 0;
  const rate = await closedLoop(server.client, {
    connections: CONNECTIONS,
    durationMs: ROUND_MS,
    status,
    next: () => {
      requests += 1;
      return next();
    },
  });
  return { rate, cpu: ((await cpu()) - before) / (requests * EVENTS_PER_REQUEST) };
}
