import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { visitorToken } from '../../core/identity/visitor-token.ts';
import { BENCH_SITE } from '../harness/bench-site.ts';
import { closedLoop } from '../harness/closed-loop.ts';
import type { BenchRequest } from '../harness/http-client.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';
import { prepareReads } from './read.ts';

const PAGE_BYTES = 100_000;
/** As on a front page. */
const STRATEGIES = ['for_you', 'trending', 'recently_viewed'];
const SLOTS = STRATEGIES.length;
const CONNECTIONS = 16;
const ROUNDS = 9;
const ROUND_MS = 1_500;
const WARM_UP_MS = 3_000;
/** How long the slow page takes, and how often it is asked for. */
const SLOW_MS = 800;
const SLOW_SAMPLES = 40;

const HOST = 'shop.bench';
/** `page`: with slots; `plain`: without; `slow`: with slots, begun at once and streamed. */
type Path = '/page' | '/plain' | '/slow';

/** A page as shops have them: text in many elements, slots in the middle. */
function pageOf(slots: number): { readonly head: string; readonly rest: string } {
  const card = (n: number) =>
    `<article class="card"><a href="/p/${n}"><img src="/i/${n}.jpg" alt="" width="300" height="375"><h3>A product with a name ${n}</h3></a><p class="price">€ ${n}.00</p></article>\n`;
  const head =
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title></head><body><h1>Shop</h1>\n';
  let rest = '';
  for (let n = 0; head.length + rest.length < PAGE_BYTES; n += 1) {
    rest += card(n);
    if (n % 100 === 50 && n / 100 < slots)
      rest += `<vitrine-slot name="bench-${Math.floor(n / 100)}" strategy="${STRATEGIES[Math.floor(n / 100)]}" limit="8"><p>own</p></vitrine-slot>\n`;
  }
  return { head, rest: `${rest}</body></html>` };
}

/** The shop's own server. */
async function startOrigin(): Promise<Server> {
  const [page, plain] = [pageOf(SLOTS), pageOf(0)];
  const server = createServer(async ({ url }, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (url === '/plain') return response.end(plain.head + plain.rest);
    if (url !== '/slow') return response.end(page.head + page.rest);
    response.write(page.head);
    const size = Math.ceil(page.rest.length / 4);
    for (let at = 0; at < page.rest.length; at += size) {
      await sleep(SLOW_MS / 4);
      response.write(page.rest.slice(at, at + size));
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A page of the shop: through Vitrine by its host, or through a bare Worker that hands it on, or parses and changes nothing. */
function asked(how: 'vitrine' | 'pass' | 'parse', path: Path, cookie: string): BenchRequest {
  return how === 'vitrine' ? { path, headers: { host: HOST, cookie } } : { path: `/${how}${path}` };
}

/** The cookies of a visitor whose profile there is. */
async function cookiesOf({ vitrine }: Running): Promise<(visitor: number) => string> {
  const db = await vitrine.getD1('DB');
  const row = await db
    .prepare('SELECT key FROM visitor_keys WHERE site = ?')
    .bind(BENCH_SITE.id)
    .first<{ key: string }>();
  return (visitor) => {
    const id = `visitor-${visitor % 50}`;
    return `vitrine_id=${id}; vitrine_token=${visitorToken(row?.key ?? '', id)}`;
  };
}

/** ms to the first byte of a page's body. */
async function firstByteMs(url: string, { path, headers = {} }: BenchRequest): Promise<number> {
  const start = performance.now();
  const sent = request(new URL(path, url), { headers }).end();
  const [response] = await once(sent, 'response');
  await once(response, 'data');
  const ms = performance.now() - start;
  response.resume();
  await once(response, 'end');
  return ms;
}

/** Pages of the shop through Vitrine, against a Worker that parses and changes nothing, and one that hands them on. */
export async function benchProxy(): Promise<Result[]> {
  const origin = await startOrigin();
  const upstream = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const hosts = JSON.stringify({ [HOST]: { site: BENCH_SITE.id, upstream } });
  try {
    return await withWorker('vitrine', { maxBatchTimeoutSeconds: 0.05, vars: { PROXY_HOSTS: hosts } }, (vitrine) =>
      withWorker('bare', { queue: 'unconsumed', vars: { ORIGIN: upstream } }, async (bare) => {
        await prepareReads(vitrine);
        const cookie = await cookiesOf(vitrine);
        const clients = { vitrine: vitrine.client, pass: bare.client, parse: bare.client };
        const rate = async (how: keyof typeof clients, path: Path, durationMs: number) => {
          let n = 0;
          const next = () => asked(how, path, cookie(n++));
          return closedLoop(clients[how], { connections: CONNECTIONS, durationMs, status: 200, next });
        };
        const filled = await vitrine.client.expect(200, asked('vitrine', '/page', cookie(1)));
        if (!filled.body.includes('data-vitrine-edge="live ')) throw new Error('the page is nobody’s own');
        const slots = filled.body.match(/<section class="vitrine-slot/g)?.length ?? 0;
        if (slots !== SLOTS) throw new Error(`${slots} of ${SLOTS} slots are filled`);
        const runs = [
          ['vitrine', '/page'],
          ['parse', '/page'],
          ['pass', '/page'],
          ['vitrine', '/plain'],
          ['pass', '/plain'],
        ] as const;
        for (const [how, path] of runs) await rate(how, path, WARM_UP_MS);
        const rates = new Map<string, number[]>();
        for (let round = 0; round < ROUNDS; round += 1)
          for (const [how, path] of runs) {
            const key = how + path;
            rates.set(key, [...(rates.get(key) ?? []), await rate(how, path, ROUND_MS)]);
          }
        const median = (key: string) => percentile(rates.get(key) ?? [], 0.5);
        // Of each round: what the machine does meanwhile is in both.
        const ratio = (key: string, to: string) =>
          percentile(rates.get(key)?.map((rate, round) => rate / (rates.get(to)?.[round] ?? Number.NaN)) ?? [], 0.5);
        const untouched = await vitrine.client.expect(200, asked('vitrine', '/plain', cookie(1)));
        if (untouched.body.includes('vitrine')) throw new Error('a page without slots was touched');
        const [slow, slowPass]: [number[], number[]] = [[], []];
        for (let sample = 0; sample < SLOW_SAMPLES; sample += 1) {
          slow.push(await firstByteMs(vitrine.vitrine.url, asked('vitrine', '/slow', cookie(sample))));
          slowPass.push(await firstByteMs(bare.vitrine.url, asked('pass', '/slow', '')));
        }
        return [
          measured(
            'proxy.slots_pages_per_second',
            median('vitrine/page'),
            '/s',
            undefined,
            `${PAGE_BYTES / 1_000} KB, ${SLOTS} slots`,
          ),
          measured('proxy.parse_pages_per_second', median('parse/page'), '/s'),
          measured('proxy.pass_pages_per_second', median('pass/page'), '/s'),
          measured('proxy.slots_ratio_to_parse', ratio('vitrine/page', 'parse/page'), 'x', {
            compare: '>=',
            bound: 0.75,
          }),
          measured('proxy.plain_ratio_to_pass', ratio('vitrine/plain', 'pass/plain'), 'x', {
            compare: '>=',
            bound: 0.95,
          }),
          measured(
            'proxy.first_byte_over_pass_p50',
            percentile(slow, 0.5) - percentile(slowPass, 0.5),
            'ms',
            { compare: '<=', bound: 5 },
            `origin streams for ${SLOW_MS} ms`,
          ),
        ];
      }),
    );
  } finally {
    origin.close();
    origin.closeAllConnections();
  }
}
