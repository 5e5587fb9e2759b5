import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, it, vi } from 'vitest';
import type { ItemChange } from '../../core/catalog/change.ts';
import type { Item } from '../../core/catalog/item.ts';
import type { LoadReport } from '../../core/catalog/load-report.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import worker from '../../workers/index.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const secret = (site: TestSite, type = 'application/x-ndjson') => ({
  authorization: `Bearer ${site.secretKey}`,
  'content-type': type,
});
const product = (id: string, more: object = {}) => ({ id, title: `Product ${id}`, url: `/p/${id}`, ...more });
const linesOf = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

/** Uploads a file; its report is the last line of the answer. */
async function upload(
  site: TestSite,
  body: BodyInit,
  { query = '', method = 'POST', type }: { query?: string; method?: string; type?: string } = {},
): Promise<LoadReport> {
  const response = await send(`/api/catalog${query}`, { method, headers: secret(site, type), body });
  const lines = (await response.text()).trim().split('\n');
  if (response.status !== 200) throw new Error(`${response.status}: ${lines}`);
  return JSON.parse(lines.at(-1) ?? '');
}
const list = async (site: TestSite, query = '') =>
  (await send(`/api/catalog${query}`, { headers: secret(site) })).json<{
    items: Item[];
    next: string | null;
    total: number;
    shown: number;
  }>();
const idsOf = async (site: TestSite) => (await list(site)).items.map(({ id }) => id);
const shownTo = async (site: TestSite, query: string, under: Env = env) => {
  const request = new Request(`https://vitrine.example/v/recommendations?key=${site.writeKey}&${query}`);
  const answer = await worker.fetch(request as Parameters<typeof worker.fetch>[0], under, createExecutionContext());
  return answer.json<{ tier: string; reason: string; items: { id: string; title: string }[] }>();
};
/** Under an environment in which no method of a site's catalogue answers, or each throws. */
const withoutCatalogue = (how: 'hangs' | 'throws'): Env => ({
  ...env,
  CATALOG: new Proxy(env.CATALOG, {
    get(namespace, name) {
      const value: unknown = Reflect.get(namespace, name, namespace);
      if (name !== 'get') return typeof value === 'function' ? value.bind(namespace) : value;
      const call = () => {
        if (how === 'throws') throw new Error('the catalogue is away');
        return new Promise<never>(() => undefined);
      };
      return () => new Proxy({}, { get: (_, method) => (method === 'then' ? undefined : call) });
    },
  }),
});

describe('the catalogue', () => {
  it('takes each product for itself, says what it left out, and writes nothing that is so already', async ({
    expect,
  }) => {
    const site = await makeSite();
    const body = `${linesOf([product('a', { price: '5 EUR', colour: 'red' }), product('b', { price: 'soon' })])}\n{oops\n\n${JSON.stringify({ id: 'c' })}`;
    expect(await upload(site, body)).toEqual({
      accepted: 2,
      changed: 2,
      removed: 0,
      refused: {
        count: 2,
        lines: [
          { line: 3, reason: expect.any(String) },
          { line: 5, reason: 'title: must be a text, found none; url: must be a text, found none' },
        ],
      },
      notes: { count: 1, lines: [{ line: 2, reason: expect.stringContaining('price: left out, found "soon"') }] },
      unknown: { colour: 1 },
    });
    const { change } = await catalogStub(env, site.id).changesSince(0);
    expect(await upload(site, body)).toMatchObject({ accepted: 2, changed: 0 });
    expect((await catalogStub(env, site.id).changesSince(0)).change).toBe(change);
  });

  it('changes parts, removes, lists by pages, and tells of one', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, linesOf(['a', 'b', 'c', 'd/e'].map((id) => product(id, { price: '5 EUR' }))));
    const parts = [
      { id: 'a', price: '4 EUR' },
      { id: 'b', deleted: true },
      { id: 'z', title: 'New' },
    ];
    expect(await upload(site, linesOf(parts), { method: 'PATCH' })).toMatchObject({
      accepted: 2,
      changed: 1,
      removed: 1,
      refused: { lines: [{ line: 3, reason: 'there is no product "z" to change: send it whole' }] },
    });
    const first = await list(site, '?limit=2');
    expect([first.items.map(({ id }) => id), first.next, first.total]).toEqual([['a', 'c'], 'c', 3]);
    const second = await list(site, '?limit=2&after=c');
    expect([second.items.map(({ id }) => id), second.next]).toEqual([['d/e'], null]);
    const one = async (id: string) => send(`/api/catalog/${encodeURIComponent(id)}`, { headers: secret(site) });
    expect(await (await one('a')).json()).toMatchObject({
      item: { price: { amount: 4 } },
      served: { price: { amount: 4 } },
    });
    const gone = await send('/api/catalog/d%2Fe', { method: 'DELETE', headers: secret(site) });
    expect(await gone.json()).toEqual({ removed: true });
    expect((await one('d/e')).status).toBe(404);
  });

  it('reads feeds as Merchant Center does: TSV and XML, packed or not, whatever type is said', async ({ expect }) => {
    const site = await makeSite();
    const tsv =
      'id\ttitle\tlink\tprice\tavailability\n1\tShirt "blue"\t/p/1\t19.99 EUR\tin stock\n2\tHat\t/p/2\t\tperhaps\n';
    expect(await upload(site, tsv, { type: 'text/tab-separated-values' })).toMatchObject({
      accepted: 1,
      refused: { lines: [{ line: 3 }] },
    });
    const xml = `\ufeff<rss><channel><item><g:id>3</g:id><title>Bag</title><link>/p/3</link></item></channel></rss>`;
    const packed = new Response(xml).body?.pipeThrough(new CompressionStream('gzip')) as ReadableStream;
    expect(await upload(site, await new Response(packed).arrayBuffer(), { type: 'text/plain' })).toMatchObject({
      accepted: 1,
    });
    expect((await list(site)).items.map(({ id, title }) => [id, title])).toEqual([
      ['1', 'Shirt "blue"'],
      ['3', 'Bag'],
    ]);
    const zip = await send('/api/catalog', { method: 'POST', headers: secret(site), body: 'PK\u0003\u0004 and so on' });
    expect([zip.status, await zip.json()]).toMatchObject([415, { code: 'encoding_unsupported' }]);
  });

  it('of a whole file lets go what its source said before, but not if that is much, and nothing of others', async ({
    expect,
  }) => {
    const site = await makeSite();
    const feed = (ids: number[]) => linesOf(ids.map((id) => product(`f${id}`)));
    const all = Array.from({ length: 40 }, (_, id) => id);
    await upload(site, linesOf([product('own')]));
    await upload(site, feed(all), { query: '?source=feed&whole=1' });
    // Who changes a part of a product does not take it over.
    await upload(site, linesOf([{ id: 'f39', title: 'Changed' }]), { method: 'PATCH' });
    const query = '?source=feed&whole=1';
    const broken = `${feed(all.slice(0, 38))}\n${JSON.stringify({ ...product('f38'), availability: 'perhaps' })}`;
    expect(await upload(site, broken, { query })).toMatchObject({ removed: 1, refused: { count: 1 } });
    expect(await idsOf(site)).toHaveLength(40);
    expect(await upload(site, feed([1, 2]), { query })).toMatchObject({ removed: 0, held: { missing: 37, of: 39 } });
    expect(await idsOf(site)).toHaveLength(40);
    expect(await upload(site, feed([1, 2]), { query: `${query}&accept=fewer` })).toMatchObject({ removed: 37 });
    expect(await idsOf(site)).toEqual(['f1', 'f2', 'own']);
  });

  it('lets a source take over what another said, also where nothing else differs', async ({ expect }) => {
    const site = await makeSite();
    const both = linesOf([product('a'), product('b')]);
    await upload(site, both);
    await upload(site, both, { query: '?source=feed&whole=1' });
    expect(await upload(site, linesOf([product('a')]), { query: '?source=feed&whole=1' })).toMatchObject({
      removed: 1,
    });
    expect(await idsOf(site)).toEqual(['a']);
  });

  it('removes nothing when a file breaks off', async ({ expect }) => {
    const site = await makeSite();
    const query = '?source=feed&whole=1&accept=fewer';
    await upload(site, linesOf([product('a'), product('b')]), { query });
    const packed = new Response(linesOf([product('a'), product('c')])).body?.pipeThrough(new CompressionStream('gzip'));
    const bytes = new Uint8Array(await new Response(packed as ReadableStream).arrayBuffer());
    const response = await send(`/api/catalog${query}`, {
      method: 'POST',
      headers: secret(site),
      body: bytes.subarray(0, bytes.byteLength - 12),
    });
    expect(await response.text()).toMatch(/cannot be read|ended before its end/);
    expect(await idsOf(site)).toEqual(expect.arrayContaining(['a', 'b']));
  });

  it('holds 3,000 products that come at once, and an isolate that followed begins anew', async ({ expect }) => {
    const site = await makeSite();
    const many = (title: string) => linesOf(Array.from({ length: 3_000 }, (_, n) => ({ ...product(`p${n}`), title })));
    const response = await send('/api/catalog', { method: 'POST', headers: secret(site), body: many('Old') });
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, 2)).toEqual([
      { progress: { accepted: 500, refused: 0 } },
      { progress: { accepted: 1_000, refused: 0 } },
    ]);
    expect(lines.at(-1)).toMatchObject({ accepted: 3_000, changed: 3_000 });
    const titles = async () => (await shownTo(site, 'strategy=trending&limit=2')).items.map(({ title }) => title);
    expect(await titles()).toEqual(['Old', 'Old']);
    await upload(site, many('New'));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_000 });
    try {
      expect(await titles()).toEqual(['New', 'New']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('has what stood in D1 before, once, in its order', async ({ expect }) => {
    const site = await makeSite();
    const insert = env.DB.prepare(
      `INSERT INTO items (site, id, title, url, price, currency, available, position, updated_at) VALUES (?, ?, ?, ?, 5, 'EUR', ?, ?, 0)`,
    );
    const old = Array.from({ length: 1_500 }, (_, n) =>
      insert.bind(site.id, `o${n}`, `Old ${n}`, '/', n === 7 ? 0 : 1, 2_000 - n),
    );
    await env.DB.batch(old);
    const { items } = await shownTo(site, 'strategy=trending&limit=2');
    expect(items.map(({ id }) => id)).toEqual(['o1499', 'o1498']);
    expect(await list(site, '?limit=1')).toMatchObject({ total: 1_500, shown: 1_499 });
  });
});

describe('what is alike', () => {
  const SHOP = [
    product('s1', { title: 'Linen shirt blue', category: 'Clothes > Shirts', brand: 'Loom', price: '40 EUR' }),
    product('s2', { title: 'Linen shirt white', category: 'Clothes > Shirts', brand: 'Loom', price: '42 EUR' }),
    product('s3', { title: 'Oxford shirt', category: 'Clothes > Shirts', brand: 'Thread', price: '400 EUR' }),
    product('t1', { title: 'Linen trousers', category: 'Clothes > Trousers', brand: 'Weft', price: '60 EUR' }),
    product('b1', { title: 'Tote', category: 'Bags', brand: 'Loom', price: '40 EUR' }),
    product('k1', { title: 'Kettle', category: 'Kitchen', brand: 'Steam', price: '40 EUR' }),
    product('s4', { title: 'Linen shirt grey', category: 'Clothes > Shirts', brand: 'Loom', available: false }),
  ];

  it('is what shares category, words, brand and price, in that order, and nothing that is not', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, linesOf(SHOP));
    const related = await catalogStub(env, site.id).related('s1', 9);
    expect(related.map(({ id }) => id)).toEqual(['s2', 's3', 't1', 'b1']);
    expect(await catalogStub(env, site.id).related('k1', 9)).toEqual([]);
    expect(await catalogStub(env, site.id).related('nothing', 9)).toEqual([]);
  });

  it('is not sought by words that a thousand products have: what shares only those is not alike', async ({
    expect,
  }) => {
    const site = await makeSite();
    const common = Array.from({ length: 1_200 }, (_, n) => product(`c${n}`, { title: `Common thing ${n}` }));
    await upload(
      site,
      linesOf([...common, product('x', { title: 'Common rare' }), product('y', { title: 'Rare one' })]),
    );
    const { related, search } = {
      related: catalogStub(env, site.id).related('x', 9),
      search: list(site, '?q=common+rare'),
    };
    expect((await related).map(({ id }) => id)).toEqual(['y']);
    expect((await search).items.map(({ id }) => id)).toEqual(['x']);
    expect((await list(site, '?q=common&limit=3')).items).toHaveLength(3);
  });

  it('is found by words, as the products are now', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, linesOf([...SHOP, product('c', { title: 'Crème brûlée "set" AND' })]));
    const found = async (q: string) => (await list(site, `?q=${encodeURIComponent(q)}`)).items.map(({ id }) => id);
    expect((await found('linen shi')).sort()).toEqual(['s1', 's2', 's4']);
    expect(await found('creme BRULEE')).toEqual(['c']);
    expect(await found('"and" -set*')).toEqual(['c']);
    expect(await found('()')).toEqual([]);
    await upload(
      site,
      linesOf([
        { id: 's1', title: 'Silk scarf' },
        { id: 's2', deleted: true },
      ]),
      { method: 'PATCH' },
    );
    expect([await found('linen shirt blue'), await found('silk')]).toEqual([[], ['s1']]);
    expect((await found('linen shirt')).sort()).toEqual(['s4']);
  });
});

describe('a read', () => {
  it('shows within three seconds everywhere what changed, in every slot', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, linesOf([product('a'), product('b')]));
    await postEvents(site, [makeEvent('ada', 'product_added', { product_id: 'a' })]);
    const recent = `strategy=recently_viewed&${await asVisitor(site, 'ada')}`;
    const shown = async () =>
      Promise.all(
        [recent, 'strategy=trending'].map(async (query) => (await shownTo(site, query)).items.map(({ id }) => id)),
      );
    expect(await shown()).toEqual([['a'], ['a', 'b']]);
    // Another isolate has changed it: this one has not heard of it.
    const changes: ItemChange[] = [{ kind: 'patch', id: 'a', set: { available: false }, clear: [] }];
    await catalogStub(env, site.id).apply({ v: 1, changes, source: 'api' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_000 });
    try {
      expect(await shown()).toEqual([[], ['b']]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tells of products in the language of the page', async ({ expect }) => {
    const site = await makeSite();
    const locales = { de: { title: 'Hemd' }, 'de-AT': { available: false } };
    await upload(site, linesOf([product('a', { locales }), product('b')]));
    const titles = async (locale: string) =>
      (await shownTo(site, `strategy=trending&locale=${locale}`)).items.map(({ title }) => title);
    expect(await titles('de')).toEqual(['Hemd', 'Product b']);
    expect(await titles('de-AT')).toEqual(['Product b']);
    expect((await shownTo(site, 'locale=german')) as object).toMatchObject({ code: 'invalid_query' });
  });

  it.for(['hangs', 'throws'] as const)(
    'serves what it knows while the catalogue %s, and never fails',
    async (how, { expect }) => {
      const [site, unknown] = [await makeSite(), await makeSite()];
      await upload(site, linesOf([product('a'), product('b')]));
      const away = withoutCatalogue(how);
      expect((await shownTo(site, 'strategy=trending')).items).toHaveLength(2);
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
      try {
        expect((await shownTo(site, 'strategy=trending', away)).items).toHaveLength(2);
      } finally {
        vi.useRealTimers();
      }
      expect(await shownTo(unknown, 'strategy=trending', away)).toMatchObject({
        tier: 'baseline',
        reason: 'catalogue_unavailable',
        items: [],
      });
    },
  );
});

it('who follows the changes has what the catalogue has, whatever is done to it', { timeout: 60_000 }, async ({
  expect,
}) => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });
  const item = plain({ id, title: fc.constantFrom('x', 'y'), url: fc.constant('/'), available: fc.boolean() });
  const change: fc.Arbitrary<ItemChange> = fc.oneof(
    plain({ kind: fc.constant('put' as const), item }),
    plain({ kind: fc.constant('patch' as const), id, set: plain({ available: fc.boolean() }), clear: fc.constant([]) }),
    plain({ kind: fc.constant('delete' as const), id }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 6 }), async (batches) => {
      const catalog = catalogStub(env, `p-${crypto.randomUUID()}`);
      const followed = new Map<string, Item>();
      const expected = new Map<string, Item>();
      let since = 0;
      for (const changes of batches) {
        await catalog.apply({ v: 1, changes, source: 'api' });
        for (const one of changes) {
          const known = expected.get(one.kind === 'put' ? one.item.id : one.id);
          if (one.kind === 'put') expected.set(one.item.id, one.item);
          else if (one.kind === 'delete') expected.delete(one.id);
          else if (known) expected.set(one.id, { ...known, ...one.set });
        }
        const told = await catalog.changesSince(since);
        expect(told.complete).toBe(true);
        since = told.change;
        for (const { id: which, item } of told.items) {
          if (item) followed.set(which, item);
          else followed.delete(which);
        }
        const shown = [...expected.values()].filter(({ available }) => available);
        const byId = (a: Item, b: Item) => (a.id < b.id ? -1 : 1);
        expect([...followed.values()].sort(byId)).toEqual(shown.sort(byId));
        expect(await catalog.size()).toEqual({ items: expected.size, shown: shown.length });
        expect((await catalog.first(9)).length).toBe(shown.length);
        expect((await catalog.page('', 9)).sort(byId)).toEqual([...expected.values()].sort(byId));
      }
    }),
    { numRuns: 40 },
  );
});
