import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { eventually } from './eventually.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const CATALOGUE = [
  {
    id: 'shirt',
    title: 'Linen <b>shirt</b>',
    url: '/p/shirt',
    image: '/i/shirt.svg',
    price: { amount: 49, currency: 'EUR' },
    category: 'shirts',
  },
  { id: 'oxford', title: 'Oxford shirt', url: '/p/oxford', category: 'shirts' },
  { id: 'bag', title: 'Tote', url: 'javascript:alert(1)', category: 'bags' },
  { id: 'gone', title: 'Sold out', url: '/p/gone', category: 'shirts', available: false },
];

async function upload(site: TestSite, items: readonly object[]): Promise<void> {
  const response = await send('/api/catalog', {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}` },
    body: items.map((item) => JSON.stringify(item)).join('\n'),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function shop(): Promise<TestSite> {
  const site = await makeSite();
  await upload(site, CATALOGUE);
  return site;
}

interface Answer {
  tier: string;
  reason: string;
  items: { id: string; title: string; reason: { code: string } }[];
}

const read = (site: TestSite, query: string) => send(`/v/recommendations?key=${site.writeKey}&${query}`);
const recent = async (site: TestSite) => read(site, `strategy=recently_viewed&${await asVisitor(site, 'ada')}`);

describe('GET /v/recommendations', () => {
  it('shows what the visitor has just put into the cart, live', async ({ expect }) => {
    const site = await shop();
    await postEvents(site, [
      makeEvent('ada', 'product_added', { product_id: 'bag' }),
      makeEvent('ada', 'product_added', { product_id: 'gone' }),
    ]);
    const response = await recent(site);
    const body = await response.json<Answer>();
    expect(body).toMatchObject({ tier: 'live', reason: 'live_profile' });
    expect(body.items.map(({ id }) => id)).toEqual(['bag']);
    expect(response.headers.get('vitrine-tier')).toBe('live');
    expect(response.headers.get('server-timing')).toMatch(/^profile;dur=\d+, total;dur=\d+$/);
  });

  it('serves the catalogue to a visitor that nothing is known of, without what is sold out', async ({ expect }) => {
    const body = await (await read(await shop(), 'strategy=for_you')).json<Answer>();
    expect(body).toMatchObject({ tier: 'baseline', reason: 'no_model' });
    expect(body.items.map(({ id }) => id)).toEqual(['shirt', 'oxford', 'bag']);
  });

  it('follows the catalogue: what is sold out disappears, what is back returns', async ({ expect }) => {
    const site = await shop();
    await postEvents(site, [
      makeEvent('ada', 'product_added', { product_id: 'bag' }),
      makeEvent('ada', 'product_added', { product_id: 'gone' }),
    ]);
    const shown = async () => (await (await recent(site)).json<Answer>()).items.map(({ id }) => id);
    expect(await shown()).toEqual(['bag']);
    const [, , bag, gone] = CATALOGUE;
    await upload(site, [
      { ...bag, available: false },
      { ...gone, available: true },
    ]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_500 });
    try {
      await eventually(async () => expect(await shown()).toEqual(['gone']));
      await upload(site, [{ ...gone, title: 'Back again', available: true }]);
      vi.setSystemTime(Date.now() + 60_000);
      const { items } = await (await recent(site)).json<Answer>();
      expect(items.map(({ title }) => title)).toEqual(['Back again']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('serves what it knows while D1 does not answer', async ({ expect }) => {
    const site = await shop();
    await postEvents(site, [makeEvent('ada', 'product_added', { product_id: 'bag' })]);
    const shown = async () => (await (await recent(site)).json<Answer>()).items.map(({ id }) => id);
    expect(await shown()).toEqual(['bag']);
    const prepare = vi.spyOn(env.DB, 'prepare').mockImplementation(() => {
      throw new Error('D1 is away');
    });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
    try {
      expect(await shown()).toEqual(['bag']);
      expect(prepare).toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
      prepare.mockRestore();
    }
  });

  it('never serves another site’s products or profiles', async ({ expect }) => {
    const [mine, other] = [await shop(), await makeSite()];
    await postEvents(mine, [makeEvent('ada', 'product_added', { product_id: 'bag' })]);
    const body = await (await recent(other)).json<Answer>();
    expect(body.items).toEqual([]);
    const profile = await (await send(`/v/profile?${await asVisitor(other, 'ada')}`)).json();
    expect(profile).toMatchObject({ counts: {}, cart: [] });
  });

  it('refuses the private API to a write key', async ({ expect }) => {
    const site = await makeSite();
    const response = await send('/api/catalog', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.writeKey}` },
      body: '{}',
    });
    expect(response.status).toBe(403);
  });

  it('says what is wrong with a query', async ({ expect }) => {
    const response = await read(await makeSite(), 'strategy=similar');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: 'invalid_query', detail: expect.stringContaining('item') });
  });
});

describe('GET /v/fragments/:slot', () => {
  it('renders escaped, accessible HTML that no cache keeps', async ({ expect }) => {
    const site = await shop();
    const response = await send(`/v/fragments/home?key=${site.writeKey}`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    expect(text).toContain('Linen &lt;b&gt;shirt&lt;/b&gt;');
    expect(text).toContain('aria-label="Recommended for you"');
    expect(text).not.toContain('javascript:');
    expect(text).toContain('€49.00');
  });
});
