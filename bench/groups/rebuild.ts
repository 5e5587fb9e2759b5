import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { compactedSchema } from '../../workers/api/lake/operation.ts';
import { indexSchema } from '../../workers/api/model/index-operation.ts';
import { BENCH_SITE, benchEvent, catalogRequest, ingestRequest, readRequest } from '../harness/bench-site.ts';
import type { HttpClient } from '../harness/http-client.ts';
import { openLoop } from '../harness/open-loop.ts';
import { percentile } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const ITEMS = 2_000;
const SESSIONS_PER_VISITOR = 4;
const VIEWS_PER_SESSION = 3;
const HISTORY_MS = 72 * 3_600_000;
const SESSION_EACH_MS = 40 * 60_000;
const VIEW_EACH_MS = 60_000;
/** A burst of more than 10,000 messages breaks the local queue. */
const MESSAGES_AT_ONCE = 2_000;
const SENDERS = 8;
const READS_PER_SECOND = 60;
const EVENTS_PER_SECOND = 100;
const ALONE_MS = 20_000;
/** Room for some 300,000 sessions of this kind, and for more. */
const SHARDS = 8;
const SHARDS_AFTER = 12;
const CRON_EACH_MS = 60_000;
const AUTHORIZATION = { authorization: `Bearer ${BENCH_SITE.secretKey}` };

type Index = z.infer<typeof indexSchema>;

/** What readers saw for a while. */
interface Reads {
  readonly ms: number[];
  readonly tiers: Map<string, number>;
}

/**
 * Builds a session index again from the lake beside the one that serves, while visitors read: once with nothing changing, where it must come out
 * equal to the byte, and once into other shards while events come in.
 *
 * @param sessions sessions of the index.
 */
export function benchRebuild(sessions: number): Promise<Result[]> {
  return withWorker('vitrine', { inMemory: true, vars: { INDEX_SHARDS: String(SHARDS) } }, async (running) => {
    const events = await prepare(running, sessions);
    const visitors = Math.ceil(sessions / SESSIONS_PER_VISITOR);
    const alone = await reading(running, visitors, true, sleep(ALONE_MS));
    await waitCounted(running.vitrine, events + alone.sent());
    const same = await reading(running, visitors, false, rebuilt(running, undefined));
    const moved = await reading(running, visitors, true, rebuilt(running, SHARDS_AFTER));
    const during = { ms: [...same.reads.ms, ...moved.reads.ms], tiers: sum(same.reads.tiers, moved.reads.tiers) };
    const { lastBuild } = same.result.index;
    const fallen = (during.tiers.get('popular') ?? 0) + (during.tiers.get('baseline') ?? 0);
    return [
      measured('rebuild.sessions', lastBuild?.sessions ?? 0, 'sessions', { compare: '>=', bound: sessions }),
      measured('rebuild.seconds', same.result.seconds, 's', undefined, 'reads only; a minute of it settling'),
      measured('rebuild.seconds_under_load', moved.result.seconds, 's', undefined, `into ${SHARDS_AFTER} shards`),
      measured(
        'rebuild.blocks_that_differ',
        (lastBuild?.blocks ?? 1) - (lastBuild?.sameBlocks ?? 0),
        'blocks',
        { compare: '<=', bound: 0 },
        `of ${lastBuild?.blocks}, from those that the stream had built`,
      ),
      measured(
        'rebuild.shards_after',
        moved.result.index.shards,
        'shards',
        { compare: '>=', bound: SHARDS_AFTER },
        `${moved.result.index.lastBuild?.sessions} sessions, ${moved.result.index.lastBuild?.sessionsBefore} before`,
      ),
      measured('rebuild.reads_that_fell', fallen, 'reads', { compare: '<=', bound: 0 }, described(during.tiers)),
      measured('rebuild.read_p99', percentile(during.ms, 0.99), 'ms'),
      measured(
        'rebuild.read_p99_before',
        percentile(alone.reads.ms, 0.99),
        'ms',
        undefined,
        described(alone.reads.tiers),
      ),
    ];
  });
}

/** Sends visitors' sessions of the last days, waits until they are counted, and publishes the model. Returns how many events there were. */
async function prepare({ client, vitrine }: Running, sessions: number): Promise<number> {
  await client.expect(200, catalogRequest(ITEMS));
  const visitors = Math.ceil(sessions / SESSIONS_PER_VISITOR);
  const now = Date.now();
  let next = 0;
  let sent = 0;
  while (next < visitors) {
    const until = Math.min(visitors, next + MESSAGES_AT_ONCE);
    const send = async () => {
      while (next < until) {
        const events = history(next, visitors, now);
        next += 1;
        await client.expect(202, ingestRequest(events));
        sent += events.length;
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    await waitCounted(vitrine, sent);
    await compacted(client);
    if (next % 10_000 === 0) process.stderr.write(`bench: ${next} of ${visitors} visitors have come\n`);
  }
  await vitrine.scheduled();
  return sent;
}

/** Brings what has come into the lake's files, as the cron does each hour. */
async function compacted(client: HttpClient): Promise<void> {
  for (let done = false; !done; ) {
    const answer = await client.expect(200, { method: 'POST', path: '/api/lake/compact', headers: AUTHORIZATION });
    ({ done } = compactedSchema.parse(JSON.parse(answer.body)));
  }
}

/**
 * A visitor's sessions, one after the other; visitors come in the order of time, so that compaction, like in a shop, has to do with few hours at a
 * time. Products of one session are neighbours.
 */
function history(visitor: number, visitors: number, now: number) {
  const begins = now - HISTORY_MS + (visitor / visitors) * (HISTORY_MS - SESSIONS_PER_VISITOR * SESSION_EACH_MS);
  return Array.from({ length: SESSIONS_PER_VISITOR }, (_, session) => {
    const first = (visitor * 31 + session * 101) % ITEMS;
    return Array.from({ length: VIEWS_PER_SESSION }, (_, view) => {
      const time = begins + session * SESSION_EACH_MS + view * VIEW_EACH_MS;
      return benchEvent(`visitor-${visitor}`, 'product_viewed', (first + view * 3) % ITEMS, time);
    });
  }).flat();
}

/** Reads while something is under way, and with `busy` sends events as well; the cron trigger fires each minute. */
async function reading<T>({ client, vitrine }: Running, visitors: number, busy: boolean, work: Promise<T>) {
  const reads: Reads = { ms: [], tiers: new Map() };
  let sent = 0;
  let seed = 0;
  let over = false;
  const second = { durationMs: 1_000 };
  const loop = async (perSecond: number, call: (waitedMs: number) => Promise<unknown>) => {
    while (!over) await openLoop({ ...second, perSecond }, call);
  };
  const loops = [
    loop(READS_PER_SECOND, async (waitedMs) => {
      seed += 1;
      const answer = await client.expect(200, readRequest(`visitor-${(seed * 37) % visitors}`));
      reads.ms.push(waitedMs + answer.ms);
      const { tier } = JSON.parse(answer.body) as { tier: string };
      reads.tiers.set(tier, (reads.tiers.get(tier) ?? 0) + 1);
    }),
    (async () => {
      for (let at = Date.now(); !over; await sleep(500)) {
        if (Date.now() - at < CRON_EACH_MS) continue;
        at = Date.now();
        await vitrine.scheduled();
      }
    })(),
  ];
  if (busy)
    loops.push(
      loop(EVENTS_PER_SECOND, async () => {
        seed += 1;
        const event = benchEvent(`visitor-${(seed * 53) % visitors}`, 'product_viewed', seed % ITEMS);
        await client.expect(202, ingestRequest([event]));
        sent += 1;
      }),
    );
  try {
    const result = await work;
    return { result, reads, sent: () => sent };
  } finally {
    over = true;
    await Promise.all(loops);
  }
}

/** Asks for a build and goes on with it to its end. */
async function rebuilt({ client }: Running, shards: number | undefined): Promise<{ index: Index; seconds: number }> {
  const startedAt = performance.now();
  const headers = { ...AUTHORIZATION, 'content-type': 'application/json' };
  const path = '/api/model/index/rebuild';
  await client.expect(202, { method: 'POST', path, headers, body: JSON.stringify({ shards }) });
  for (;;) {
    const answer = await client.send({ method: 'POST', path: `${path}/resume`, headers: AUTHORIZATION });
    if (answer.status === 200) {
      const index = indexSchema.parse(JSON.parse(answer.body));
      if (index.lastBuild?.result !== 'swapped') throw new Error(`the build was ${index.lastBuild?.result}`);
      return { index, seconds: Math.round((performance.now() - startedAt) / 100) / 10 };
    }
    if (answer.status !== 202) throw new Error(`the build answers ${answer.status}: ${answer.body}`);
    await sleep(1_000);
  }
}

function sum(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const both = new Map(a);
  for (const [tier, reads] of b) both.set(tier, (both.get(tier) ?? 0) + reads);
  return both;
}

function described(tiers: ReadonlyMap<string, number>): string {
  return [...tiers].map(([tier, reads]) => `${tier} ${reads}`).join(', ');
}
