import { env } from 'cloudflare:workers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import type { WarehouseMessage } from '../../core/warehouse/message.ts';
import { deliver, makeMessage } from './deliver.ts';
import { makeSite, send } from './site.ts';

/** What a server was asked, in order; `refuses` says what it answers with an error. */
const asked: { readonly query: string; readonly rows: Record<string, unknown>[]; readonly token: string | null }[] = [];
let refuses: (text: string) => boolean = () => false;

beforeEach(() => {
  asked.length = 0;
  refuses = () => false;
  vi.stubGlobal('fetch', async (input: URL, { body }: { body: string | Uint8Array }) => {
    const inflated = typeof body === 'string' ? body : gunzipSync(body).toString();
    const query = input.searchParams.get('query') ?? inflated;
    if (query === 'SELECT version()') return new Response('26.7.2.1\n');
    // As a server does, it quotes what it cannot read.
    if (refuses(inflated))
      return new Response(`Code: 117. DB::Exception: at ${inflated.slice(0, 400)}`, { status: 400 });
    const rows =
      typeof body === 'string'
        ? []
        : inflated
            .trim()
            .split('\n')
            .map((line) => JSON.parse(line));
    asked.push({ query, rows, token: input.searchParams.get('insert_deduplication_token') });
    return new Response('');
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const withServer = (queued: WarehouseMessage[]) =>
  ({
    ...env,
    CLICKHOUSE_URL: 'https://clickhouse.test',
    CLICKHOUSE: {
      send: async (body: WarehouseMessage) => {
        queued.push(body);
      },
    },
  }) as unknown as Env;

const consume = (bodies: readonly unknown[]) => deliver([...bodies], withServer([]), 'vitrine-clickhouse');

describe('the sink to ClickHouse', () => {
  it('is offered each raw object before its events are acknowledged, and nothing where there is no server', async ({
    expect,
  }) => {
    const { id: site } = await makeSite();
    const queued: WarehouseMessage[] = [];
    await deliver([makeMessage(site, 'ada', ['1', '2'])], withServer(queued));
    const { objects } = await env.LAKE.list({ prefix: `raw/site=${site}/` });
    expect(queued).toEqual(objects.map(({ key }) => ({ v: 1, kind: 'rows', site, key })));
    const refusing = { ...withServer([]), CLICKHOUSE: { send: () => Promise.reject(new Error('full')) } };
    const message = makeMessage(site, 'bob', ['1']);
    expect(await deliver([message], refusing as unknown as Env)).toEqual({ acked: [], retried: ['q0'] });
    expect(await deliver([message])).toEqual({ acked: ['q0'], retried: [] });
  });

  it('writes what a batch names in one insert a site, under a token of what it is made of', async ({ expect }) => {
    const [one, other] = [await makeSite(), await makeSite()];
    const queued: WarehouseMessage[] = [];
    for (const { id } of [one, other])
      for (const visitor of ['ada', 'bob']) await deliver([makeMessage(id, visitor, ['1', '2'])], withServer(queued));
    expect(await consume(queued)).toEqual({ acked: ['q0', 'q1', 'q2', 'q3'], retried: [] });
    expect(asked.map(({ rows }) => new Set(rows.map(({ site }) => site)))).toEqual([
      new Set([one.id]),
      new Set([other.id]),
    ]);
    expect(asked.map(({ rows }) => rows.length)).toEqual([4, 4]);
    const [before] = asked;
    asked.length = 0;
    await consume(queued.slice(0, 2));
    expect(asked).toEqual([before]);
  });

  it('has what the server does not take come again, and no other with it', async ({ expect }) => {
    const { id: site } = await makeSite();
    const queued: WarehouseMessage[] = [];
    for (const visitor of ['ada', 'poison', 'bob'])
      await deliver([makeMessage(site, visitor, ['1'])], withServer(queued));
    refuses = (text) => text.includes('poison');
    const logged = vi.spyOn(console, 'log');
    expect(await consume([...queued, { v: 1, kind: 'rows', site, key: 'raw/gone' }, 'nonsense'])).toEqual({
      acked: ['q0', 'q2', 'q3', 'q4'],
      retried: ['q1'],
    });
    expect(asked.flatMap(({ rows }) => rows.map(({ ledger }) => ledger)).sort()).toEqual(['a/ada', 'a/bob']);
    const lines = logged.mock.calls.join('\n');
    expect(lines).toContain('ClickHouse refuses, code 117');
    expect(lines).not.toContain('poison');
    refuses = () => true;
    expect(await consume(queued)).toEqual({ acked: [], retried: ['q0', 'q1', 'q2'] });
  });

  it('deletes what was erased, also where its rows come after that was told', async ({ expect }) => {
    const made = await makeSite();
    const queued: WarehouseMessage[] = [];
    await deliver([makeMessage(made.id, 'ada', ['1'])], withServer(queued));
    const rows = [...queued];
    const [{ key } = { key: '' }] = (await env.LAKE.list({ prefix: `raw/site=${made.id}/` })).objects;
    const bytes = await (await env.LAKE.get(key))?.arrayBuffer();
    await send('/api/devices/ada', { method: 'DELETE', headers: { authorization: `Bearer ${made.secretKey}` } });
    // He was read before, and is written after.
    await env.LAKE.put(key, bytes ?? '');
    await consume(rows);
    expect(asked.map(({ query }) => query.split(' ').slice(0, 3).join(' '))).toEqual([
      'INSERT INTO events',
      'ALTER TABLE events',
    ]);
    expect(asked[1]?.query).toMatch(new RegExp(`site = '${made.id}' AND \\(\\(ledger_hash = '[0-9a-f]{64}' AND `));
    asked.length = 0;
    const erased = [{ ledgerHash: 'ab', until: 5 }];
    expect(await consume([{ v: 1, kind: 'erase', site: made.id, erased }])).toEqual({ acked: ['q0'], retried: [] });
    expect(asked).toHaveLength(1);
  });
});
