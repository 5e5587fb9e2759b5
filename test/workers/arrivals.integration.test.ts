import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { Arrival } from '../../core/catalog/arrivals.ts';
import { DAY_MS } from '../../core/time.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import { eventually } from './eventually.ts';
import { makeSite, send, type TestSite } from './site.ts';

/** Uploads products, and waits for the report: they are there then. */
const upload = async (site: TestSite, ids: readonly string[]) => {
  const response = await send('/api/catalog', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}` },
    body: ids.map((id) => JSON.stringify({ id, title: id, url: `/p/${id}`, available: id !== 'sold_out' })).join('\n'),
  });
  await response.text();
};
const newest = async (site: TestSite) => (await catalogStub(env, site.id).newest(48)).map(({ id }) => id);
/** What came, came so long before. */
const age = (site: TestSite, ms: number) =>
  runInDurableObject(catalogStub(env, site.id), (_, { storage }) => {
    const arrivals = storage.kv.get<Arrival[]>('arrivals') ?? [];
    storage.kv.put(
      'arrivals',
      arrivals.map(({ position, at }) => ({ position, at: at - ms })),
    );
  });

describe('a product that comes into a catalogue', () => {
  it('is new for two weeks, if the catalogue did not begin with it', async ({ expect }) => {
    const site = await makeSite();
    await upload(site, ['a', 'b']);
    expect(await newest(site)).toEqual([]);
    await age(site, 2 * DAY_MS);
    await upload(site, ['c', 'sold_out']);
    await upload(site, ['d', 'a']);
    expect(await newest(site)).toEqual(['d', 'c']);
    await age(site, 10 * DAY_MS);
    await upload(site, ['e']);
    expect(await newest(site)).toEqual(['e', 'd', 'c']);
    await age(site, 5 * DAY_MS);
    expect(await newest(site)).toEqual(['e']);
  });

  it('gets places of a slot, which say so, and no more than its share', async ({ expect }) => {
    const site = await makeSite();
    await upload(
      site,
      Array.from({ length: 20 }, (_, n) => `old${n}`),
    );
    await age(site, 2 * DAY_MS);
    await upload(site, ['fresh']);
    await upload(site, ['fresh']);
    const read = async () =>
      (
        await (
          await send(`/v/recommendations?key=${site.writeKey}&strategy=trending&limit=10`)
        ).json<{
          items: { id: string; reason: { code: string; text: string } }[];
        }>()
      ).items;
    await eventually(async () => expect((await read()).length).toBe(10));
    let places = 0;
    for (let n = 0; n < 200; n += 1) {
      const items = await read();
      expect(items).toHaveLength(10);
      const at = items.findIndex(({ id }) => id === 'fresh');
      if (at < 0) continue;
      places += 1;
      expect(at).toBeGreaterThanOrEqual(2);
      expect(items[at]?.reason).toEqual({ code: 'new', text: 'New in' });
    }
    // One product, eight places of 5 % each: a third of the reads.
    expect(places).toBeGreaterThan(30);
    expect(places).toBeLessThan(110);
  });
});
