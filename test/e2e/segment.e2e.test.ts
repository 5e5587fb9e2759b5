import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';

const SITE = { id: 'segment', name: 'Segment', origins: [], writeKey: 'wk_segment', secretKey: 'sk_segment' };

interface Profile {
  readonly counts: Readonly<Record<string, number>>;
  readonly orders: readonly { readonly id: string; readonly total: number | null }[];
  readonly traits: Readonly<Record<string, { readonly value: unknown }>>;
  readonly recentItems: readonly { readonly id: string; readonly at: number }[];
}

describe('Segment’s library for Node, as it is', () => {
  let vitrine: Vitrine;
  let folder: string;
  let front: Server;
  let host: string;
  /** Answers that get lost on their way: what was sent has arrived, and the library sends it again. */
  let lost = 0;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'vitrine-segment-'));
    vitrine = await startVitrine({ stateDir: folder, maxBatchTimeoutSeconds: 0.05, log: () => undefined });
    await seedSite(await vitrine.getD1('DB'), SITE);
    front = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const answer = await fetch(`${vitrine.url}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { authorization, 'content-type': type },
        body: Buffer.concat(chunks),
      });
      const body = await answer.text();
      lost -= 1;
      response.writeHead(lost >= 0 ? 503 : answer.status, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
    host = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    front?.close();
    await vitrine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const profileOf = async (userId: string) => {
    const answer = await fetch(`${vitrine.url}/v/profile?userId=${userId}`, {
      headers: { authorization: `Bearer ${SITE.secretKey}` },
    });
    return (answer.ok ? await answer.json() : undefined) as Profile | undefined;
  };

  test('sends what the profile then knows, with its ids, names, times and traits, and a storm of retries counts once', async ({
    expect,
  }) => {
    const analytics = new Analytics({ writeKey: SITE.secretKey, host, flushAt: 3, maxRetries: 8 });
    const refused: unknown[] = [];
    analytics.on('error', (error) => refused.push(error));
    lost = 3;
    const viewedAt = new Date(Date.now() - 90_000);
    analytics.identify({ userId: 'ann', anonymousId: 'd-1', traits: { tier: 'gold', visits: 3 } });
    analytics.page({ userId: 'ann', name: 'Home', properties: { url: 'https://shop.example/' } });
    analytics.track({
      userId: 'ann',
      event: 'Product Viewed',
      timestamp: viewedAt,
      properties: { sku: 'hat', price: 20 },
    });
    analytics.track({ userId: 'ann', event: 'Signed Up for News' });
    analytics.track({
      ...{ userId: 'ann', event: 'Order Completed' },
      properties: { order_id: 'o1', revenue: 40, currency: 'EUR', products: [{ product_id: 'bag', quantity: 2 }] },
    });
    for (let n = 0; n < 20; n += 1)
      analytics.track({ userId: 'ann', event: 'Product Added', properties: { product_id: `p${n}` } });
    await analytics.closeAndFlush({ timeout: 30_000 });
    expect(refused).toEqual([]);
    await vi.waitFor(
      async () => {
        const profile = await profileOf('ann');
        expect(profile?.counts).toEqual({
          ...{
            identify: 1,
            page_viewed: 1,
            product_viewed: 1,
            signed_up_for_news: 1,
            order_completed: 1,
            product_added: 20,
          },
        });
        expect(profile?.orders).toMatchObject([{ id: 'o1', total: 40 }]);
        expect(profile?.traits).toMatchObject({ tier: { value: 'gold' }, visits: { value: 3 } });
        expect(profile?.recentItems.find(({ at }) => Math.abs(at - viewedAt.getTime()) < 1_000)?.id).toBe('hat');
      },
      { timeout: 30_000, interval: 200 },
    );
    expect(lost).toBeLessThan(0);
  });
});
