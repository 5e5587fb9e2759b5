import { env } from 'cloudflare:workers';
import { icebergRead } from 'icebird';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { tableLocation } from '../../stores/lake/iceberg-table.ts';
import worker from '../../workers/index.ts';
import { RestCatalog } from '../iceberg/rest-catalog.ts';
import { answerAsS3 } from './bucket-as-s3.ts';
import { deliver, makeMessage } from './deliver.ts';
import { makeSite, type TestSite } from './site.ts';

const URI = 'https://catalog.test/account/bucket';
const TOKEN = 'token-of-the-catalog';
const told = { ...env, CATALOG_URI: URI, CATALOG_WAREHOUSE: 'account_bucket', CATALOG_TOKEN: TOKEN } as unknown as Env;

let catalog: RestCatalog;
/** What is refused, by how many requests came before. */
let refuses: (asked: number) => boolean = () => false;

beforeEach(() => {
  refuses = () => false;
  catalog = new RestCatalog({
    uri: URI,
    warehouse: 'account_bucket',
    token: TOKEN,
    read: async (location) => (await env.LAKE.get(location.slice('s3://vitrine-lake/'.length)))?.json(),
  });
  vi.stubGlobal('fetch', async (input: string | URL, init: RequestInit = {}) => {
    if (!`${input}`.startsWith(URI)) return answerAsS3(input, init);
    if (!refuses(catalog.asked.length)) return catalog.answer(input, init);
    catalog.asked.push('refused');
    return new Response('away', { status: 503 });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const compact = (site: string, bindings = told) =>
  compactSite(bindings, site, Number.POSITIVE_INFINITY, Date.now() + 60_000);
/** What a reader finds who asks the catalog. */
async function idsByCatalog(site: string): Promise<string[]> {
  const metadata = catalog.tables.get(`vitrine.${site}`);
  if (!metadata) return [];
  const rows = await icebergRead({ tableUrl: tableLocation(env, site) ?? '', metadata: metadata as never });
  return rows.map(({ event_id: id }) => `${id}`).sort();
}
async function tableOf({ secretKey }: TestSite) {
  const request = new Request('https://v.test/api/lake/table', { headers: { authorization: `Bearer ${secretKey}` } });
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  const response = await worker.fetch(request as never, told, context as never);
  return response.json<{ commit: number; catalog: { name: string; commit: number; fault: string | null } }>();
}

describe('an Iceberg catalog', () => {
  it('is told of the table once, and of each commit after; a reader who asks it finds what the lake holds', async ({
    expect,
  }) => {
    const site = await makeSite();
    await deliver([makeMessage(site.id, 'ada', ['1', '2'])]);
    await compact(site.id);
    expect(await idsByCatalog(site.id)).toEqual(['1', '2']);
    for (const id of ['3', '4', '5']) {
      await deliver([makeMessage(site.id, 'ada', [id])]);
      await compact(site.id);
    }
    expect(await idsByCatalog(site.id)).toEqual(['1', '2', '3', '4', '5']);
    const table = catalog.tables.get(`vitrine.${site.id}`);
    expect(table?.snapshots).toHaveLength(1);
    const { commit, catalog: shown } = await tableOf(site);
    expect(shown).toMatchObject({ name: `vitrine.${site.id}`, commit, fault: null });
    expect(catalog.asked.filter((one) => one.endsWith('/register'))).toHaveLength(1);
    // Nothing new: it is not asked.
    const before = catalog.asked.length;
    await compact(site.id);
    expect(catalog.asked.length).toBe(before);
  });

  it('may be away, or refuse, at any request: the lake goes on, and it shows the newest commit in the end', async ({
    expect,
  }) => {
    for (let away = 0; away < 8; away += 1) {
      const site = await makeSite();
      let from = catalog.asked.length;
      refuses = (asked) => asked >= from + away;
      await deliver([makeMessage(site.id, 'ada', ['1'])]);
      expect((await compact(site.id)).done).toBe(true);
      from = catalog.asked.length;
      await deliver([makeMessage(site.id, 'ada', ['2'])]);
      expect((await compact(site.id)).done).toBe(true);
      if (away < 2) expect((await tableOf(site)).catalog.fault).toBeTruthy();
      refuses = () => false;
      expect((await compact(site.id)).done).toBe(true);
      expect(await idsByCatalog(site.id)).toEqual(['1', '2']);
      const { commit, catalog: shown } = await tableOf(site);
      expect([shown.commit, shown.fault]).toEqual([commit, null]);
    }
  });

  it('that has another table of the name keeps it, and the operator reads why', async ({ expect }) => {
    const site = await makeSite();
    await deliver([makeMessage(site.id, 'ada', ['1'])]);
    await compact(site.id);
    const name = `vitrine.${site.id}`;
    const table = catalog.tables.get(name);
    if (!table) throw new Error('it is not registered');
    const foreign = { ...table, 'table-uuid': crypto.randomUUID() };
    catalog.tables.set(name, foreign);
    await deliver([makeMessage(site.id, 'ada', ['2'])]);
    await compact(site.id);
    expect(catalog.tables.get(name)).toEqual(foreign);
    expect((await tableOf(site)).catalog.fault).toContain('another table of this name');
  });

  it('gets a column that it lacks', async ({ expect }) => {
    const site = await makeSite();
    await deliver([makeMessage(site.id, 'ada', ['1'])]);
    await compact(site.id);
    const name = `vitrine.${site.id}`;
    const table = catalog.tables.get(name);
    const [schema] = table?.schemas ?? [];
    if (!table || !schema) throw new Error('it is not registered');
    catalog.tables.set(name, { ...table, schemas: [{ ...schema, fields: schema.fields.slice(0, -2) }] });
    await deliver([makeMessage(site.id, 'ada', ['2'])]);
    await compact(site.id);
    const now = catalog.tables.get(name);
    const current = now?.schemas.find((one) => one['schema-id'] === now['current-schema-id']);
    expect(current?.fields).toEqual(schema.fields);
    expect(await idsByCatalog(site.id)).toEqual(['1', '2']);
  });

  it('that does not answer at all is asked once, by however many sites', async ({ expect }) => {
    const sites = [await makeSite(), await makeSite(), await makeSite()];
    vi.stubGlobal('fetch', async (input: string | URL) => {
      catalog.asked.push(`${input}`);
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    });
    for (const site of sites) {
      await deliver([makeMessage(site.id, 'ada', ['1'])]);
      expect((await compact(site.id)).done).toBe(true);
    }
    expect(catalog.asked.length).toBeGreaterThan(0);
    const [first, ...others] = sites;
    expect(first && (await tableOf(first)).catalog.fault).toContain('timeout');
    for (const other of others) expect((await tableOf(other)).catalog).toMatchObject({ commit: 0, fault: null });
  });

  it('is not there where none is named', async ({ expect }) => {
    const site = await makeSite();
    await deliver([makeMessage(site.id, 'ada', ['1'])]);
    await compact(site.id, env);
    expect(catalog.asked).toEqual([]);
  });
});
