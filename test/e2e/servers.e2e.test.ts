import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Analytics } from '@segment/analytics-node';
import { build } from 'esbuild';
import { generate } from 'openapi-typescript-codegen';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { type RefusedEvent, VitrineServer } from '../../client/src/vitrine-server.ts';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';

/** Beside this process, which answers meanwhile. */
const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SITE = { id: 'segment', name: 'Segment', origins: [], writeKey: 'wk_segment', secretKey: 'sk_segment' };

interface Profile {
  readonly counts: Readonly<Record<string, number>>;
  readonly orders: readonly { readonly id: string; readonly total: number | null }[];
  readonly traits: Readonly<Record<string, { readonly value: unknown }>>;
  readonly recentItems: readonly { readonly id: string; readonly at: number }[];
}

describe('libraries of servers', () => {
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
        ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
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

  test('Segment’s for Node, as it is, sends what the profile then knows, with its ids, names, times and traits, and a storm of retries counts once', async ({
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

  test('ours sends in batches, tries again, says what was refused, and what waits before the process ends', async ({
    expect,
  }) => {
    const refused: RefusedEvent[] = [];
    const vitrineServer = new VitrineServer({
      ...{ url: host, secretKey: SITE.secretKey, flushAt: 50, flushIntervalMs: 20 },
      onRefused: (one) => refused.push(one),
    });
    lost = 2;
    const order = { type: 'order_completed', userId: 'bea', id: 'order-1', properties: { order_id: 'o-1', total: 60 } };
    for (let n = 0; n < 120; n += 1)
      vitrineServer.track({ type: 'product_viewed', userId: 'bea', properties: { product_id: `p${n}` } });
    for (let n = 0; n < 3; n += 1) vitrineServer.track({ ...order, occurredAt: '2026-11-20T12:00:00Z' });
    vitrineServer.track({ type: 'product_viewed', userId: 'bea', properties: {} });
    vitrineServer.track({ type: 'page_viewed' });
    await vitrineServer.close();
    expect(refused.map(({ event, code }) => [event.type, code])).toEqual([
      ['product_viewed', 'invalid_properties'],
      ['page_viewed', 'invalid_envelope'],
    ]);
    const { items, tier } = await vitrineServer.recommend({ slot: 'mail', userId: 'bea', limit: 4 });
    expect([items, typeof tier]).toEqual([[], 'string']);
    await expect(new VitrineServer({ url: host, secretKey: 'sk_wrong' }).recommend({ slot: 'x' })).rejects.toThrow(
      /key is unknown/,
    );
    const script = `import { VitrineServer } from ${JSON.stringify(path.join(ROOT, 'client/src/vitrine-server.ts'))};
      const vitrine = new VitrineServer({ url: '${host}', secretKey: '${SITE.secretKey}', flushIntervalMs: 60_000 });
      vitrine.track({ type: 'page_viewed', userId: 'bea' });`;
    await run(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
    await vi.waitFor(
      async () =>
        expect((await profileOf('bea'))?.counts).toEqual({ product_viewed: 120, order_completed: 1, page_viewed: 1 }),
      { timeout: 30_000, interval: 200 },
    );
  });

  test('one that was generated from the API’s document compiles, and works', async ({ expect }) => {
    const document = await (await fetch(`${vitrine.url}/openapi.json`)).json();
    const output = path.join(folder, 'generated');
    await generate({ input: document, output, httpClient: 'fetch', useOptions: true, clientName: 'Generated' });
    const main = `import { Generated } from './index.ts';
      export async function run(): Promise<unknown> {
        const { events, reads } = new Generated({ BASE: '${vitrine.url}', HEADERS: { authorization: 'Bearer ${SITE.secretKey}' } });
        const event = { id: 'e1', type: 'page_viewed', occurredAt: new Date().toISOString(), userId: 'gen' };
        const taken = await events.sendEvents({ requestBody: { events: [event] } });
        const shown = await reads.getRecommendations({ slot: 'mail', userId: 'gen' });
        return [taken.accepted, taken.rejected.length, shown.items.length, shown.slot];
      }`;
    writeFileSync(path.join(output, 'main.ts'), main);
    const options = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
    ];
    const types = ['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', '--allowImportingTsExtensions'];
    const tsc = path.join(ROOT, 'node_modules/.bin/tsc');
    await run(tsc, [...options, ...types, path.join(output, 'main.ts')]);
    const built = path.join(output, 'main.mjs');
    await build({ entryPoints: [path.join(output, 'main.ts')], bundle: true, format: 'esm', outfile: built });
    const generated = (await import(built)) as { run(): Promise<unknown> };
    expect(await generated.run()).toEqual([1, 0, 0, 'mail']);
  });
});
