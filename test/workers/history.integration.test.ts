import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { DAY_MS } from '../../core/time.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { reconcileSite } from '../../jobs/reconcile/reconcile-site.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { handleSegment } from '../../workers/edge/segment/handle-segment.ts';
import { PATIENCE } from './eventually.ts';
import { makeSite, send, type TestSite } from './site.ts';
import { lakeOf, rollupsOf, rowsWith } from './stores.ts';

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
const compact = (site: TestSite) => compactSite(env, site.id, Number.POSITIVE_INFINITY, Date.now() + 60_000);

async function upload(site: TestSite, body: string, query = '', type = 'application/x-ndjson', key = site.secretKey) {
  const response = await send(`/v/import${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  });
  const lines = (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { status: response.status, report: lines.at(-1), lines };
}

const rowsOf = (events: readonly object[]) => events.map((event) => JSON.stringify(event)).join('\n');
const ordersOf = async (site: TestSite) =>
  (
    await env.DB.prepare('SELECT order_id, total, ledger FROM orders WHERE site = ? ORDER BY order_id')
      .bind(site.id)
      .all<{ order_id: string; total: number; ledger: string }>()
  ).results;

/** Orders of two years, one each two days, by ten people. */
const orders = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    type: 'order_completed',
    occurredAt: daysAgo(20 + n * 2),
    userId: `u${n % 10}`,
    properties: { order_id: `o${n}`, total: n, currency: 'CHF', products: [{ product_id: `p${n % 7}`, quantity: 1 }] },
  }));

describe('POST /v/import', () => {
  it('takes history into lake, rollups and orders, once, however often and in whatever parts it comes', async ({
    expect,
  }) => {
    const site = await makeSite();
    const file = orders(180);
    const first = await upload(site, rowsOf(file));
    expect(first.report).toMatchObject({ accepted: 0, history: 180, refused: { count: 0 } });
    await compact(site);
    await upload(site, rowsOf(file.slice(50, 120).reverse()));
    await upload(site, rowsOf(file), '?from=170');
    await upload(site, rowsOf([...file, ...file]));
    await compact(site);
    await compact(site);
    expect(await rollupsOf(site.id)).toEqual({ order_completed: 180 });
    expect(await ordersOf(site)).toHaveLength(180);
    // What is old is no part of a profile.
    expect((await profileStub(env, site.id, 'u/u1').readHere()).value.orders ?? []).toEqual([]);
    const report = await reconcileSite(env, site.id, {
      deep: true,
      deadline: Date.now() + 60_000,
      random: Math.random,
    });
    expect(report).toMatchObject({ verdict: 'ok' });
  }, 60_000);

  it('sends what is young enough the way of all events, and refuses by line what is none', async ({ expect }) => {
    const site = await makeSite();
    const event = { type: 'product_viewed', userId: 'ann', properties: { product_id: 'p1' } };
    const rows = [
      { ...event, occurredAt: daysAgo(1) },
      { ...event, occurredAt: daysAgo(300) },
      { ...event, occurredAt: new Date(Date.now() + DAY_MS).toISOString() },
      { ...event, occurredAt: 'yesterday' },
      { ...event, occurredAt: daysAgo(2), userId: undefined },
    ];
    const { report, lines } = await upload(site, `${rowsOf(rows)}\n\nno json\n`);
    expect(report).toMatchObject({ accepted: 1, history: 1, refused: { count: 4 } });
    expect(report.refused.lines.map(({ line }: { line: number }) => line)).toEqual([3, 4, 5, 7]);
    const codes = ['invalid_row', 'invalid_envelope', 'invalid_envelope', 'invalid_row'];
    expect(report.refused.lines.map(({ code }: { code: string }) => code)).toEqual(codes);
    expect(lines.filter((line) => line.refused?.line)).toHaveLength(4);
    expect(lines.at(-2)).toMatchObject({ progress: { line: 7, accepted: 1, history: 1, refused: 4 } });
    await vi.waitUntil(async () => (await rollupsOf(site.id)).product_viewed === 1, PATIENCE);
    await compact(site);
    expect(await rollupsOf(site.id)).toEqual({ product_viewed: 2 });
    const { lastSeenAt } = (await profileStub(env, site.id, 'u/ann').readHere()).value;
    expect(lastSeenAt).toBeGreaterThan(Date.now() - 2 * DAY_MS);
  });

  it('asks for what the lake did not take to be sent again', async ({ expect }) => {
    const site = await makeSite();
    const away = { ...env, LAKE: { put: () => Promise.reject(new Error('away')) } as unknown as R2Bucket };
    const time = Date.now() - 30 * DAY_MS;
    const body = { batch: [{ type: 'track', event: 'Old', userId: 'ann', messageId: 'h', timestamp: new Date(time) }] };
    const request = new Request('https://vitrine.example/v1/import', {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${site.secretKey}:`)}` },
      body: JSON.stringify(body),
    });
    await expect(handleSegment(request, away, 'import')).rejects.toMatchObject({ status: 503 });
    expect(await lakeOf(site.id)).toEqual([]);
  });

  it('takes a CSV of orders, a row a product, and wants the secret key', async ({ expect }) => {
    const site = await makeSite();
    const csv = `occurredAt,userId,order_id,total,currency,product_id,quantity\n${[1, 2, 3]
      .map((n) => `${daysAgo(100)},ann,o1,60,CHF,p${n},${n}`)
      .join('\n')}\n`;
    expect((await upload(site, csv, '?type=order_completed', 'text/csv')).report).toMatchObject({ history: 1 });
    const [order] = await lakeOf(site.id);
    expect(order?.properties?.products).toHaveLength(3);
    expect((await upload(site, csv, '', 'text/csv', site.writeKey)).status).toBe(403);
    expect((await upload(site, csv, '?from=x', 'text/csv')).status).toBe(400);
    expect((await upload(site, csv, '', 'application/json')).status).toBe(415);
  });

  it('brings nobody back who was erased', async ({ expect }) => {
    const site = await makeSite();
    const row = (userId: string, days: number) => ({
      type: 'page_viewed',
      occurredAt: daysAgo(days),
      userId,
      anonymousId: `device-of-${userId}`,
      context: { secret: `telling-${userId}` },
    });
    await upload(site, rowsOf([row('anna-erased', 40), row('bert-stays', 40)]));
    await compact(site);
    await send('/api/users/anna-erased', { method: 'DELETE', headers: { authorization: `Bearer ${site.secretKey}` } });
    await vi.waitUntil(
      async () =>
        (
          await env.DB.prepare('SELECT COUNT(*) AS open FROM erasures WHERE site = ? AND finished_at IS NULL')
            .bind(site.id)
            .first<{ open: number }>()
        )?.open === 0,
      PATIENCE,
    );
    const again = await upload(site, rowsOf([row('anna-erased', 40), row('bert-stays', 41)]));
    expect(again.report).toMatchObject({ history: 1, refused: { count: 1, lines: [{ line: 1, code: 'erased' }] } });
    await send('/api/lake/compact', { method: 'POST', headers: { authorization: `Bearer ${site.secretKey}` } });
    expect(await rowsWith(site.id, 'telling-anna-erased')).toEqual([]);
    expect(await rowsWith(site.id, 'telling-bert-stays')).not.toEqual([]);
  }, 60_000);
});
