import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, test, vi } from 'vitest';
import { call } from '../../ops/lake/lake-api.ts';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';

const SITE = { id: 'hooks', name: 'Hooks', origins: [], writeKey: 'wk_hooks', secretKey: 'sk_hooks' };
const PATIENCE = { timeout: 30_000, interval: 50 };

interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

describe('webhooks', () => {
  let vitrine: Vitrine;
  let folder: string;
  let receiver: Server;
  let base: string;
  const received: Received[] = [];
  /** How often `/flaky` still fails. */
  let failures = 2;

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const url = request.url ?? '';
      received.push({ path: url, headers: request.headers as Record<string, string>, body });
      if (url === '/flaky' && failures > 0) {
        failures -= 1;
        response.writeHead(503).end();
      } else if (url === '/inside') response.writeHead(307, { location: 'https://169.254.169.254/latest' }).end();
      else if (url === '/moved') response.writeHead(308, { location: '/target' }).end();
      else if (url === '/gone') response.writeHead(410).end();
      else response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    folder = mkdtempSync(path.join(tmpdir(), 'vitrine-hooks-'));
    vitrine = await startVitrine({
      stateDir: folder,
      maxBatchTimeoutSeconds: 0.05,
      vars: { WEBHOOKS_LOCAL: '1' },
      log: () => undefined,
    });
    await seedSite(await vitrine.getD1('DB'), SITE);
  });

  afterAll(async () => {
    await vitrine?.stop();
    receiver?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const api = async <T>(where: string, method = 'GET', body?: object): Promise<T> => {
    const access = { url: vitrine.url, key: SITE.secretKey };
    const init = { method, ...(body && { body: JSON.stringify(body) }) };
    const response = await call(access, `/api/${where}`, init);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
  const add = (where: string) => api<{ id: string; secret: string }>('webhooks', 'POST', { url: `${base}${where}` });
  const at = (where: string) => received.filter((one) => one.path === where);

  test('a segment that is entered arrives signed, is tried again, and never goes inside', async ({ expect }) => {
    await api('attributes/views', 'PUT', { event: 'product_viewed', aggregate: 'count', window: '1d' });
    await api('segments/keen', 'PUT', { condition: 'attributes.views >= 2' });
    const db = await vitrine.getD1('DB');
    await db.batch([db.prepare('UPDATE attributes SET since = 0'), db.prepare('UPDATE segments SET since = 0')]);
    const [flaky, , , gone] = [await add('/flaky'), await add('/inside'), await add('/moved'), await add('/gone')];
    // Another isolate's memory of the definitions is at most half a minute old; a new Worker has none.
    for (const pid of await vitrine.workerdPids()) process.kill(pid, 'SIGKILL');
    await vi.waitUntil(() => vitrine.restarts() === 1, PATIENCE);
    const events = [1, 2].map((n) => ({
      id: `e${n}`,
      type: 'product_viewed',
      occurredAt: new Date(Date.now() - n * 60_000).toISOString(),
      anonymousId: 'ada',
      properties: { product_id: `p${n}` },
    }));
    await fetch(`${vitrine.url}/v/events?key=${SITE.writeKey}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ events }),
    });
    await vi.waitUntil(() => at('/flaky').length >= 3, PATIENCE);
    const [first, , third] = at('/flaky');
    const said = new Webhook(flaky.secret).verify(third?.body ?? '', third?.headers ?? {});
    expect(said).toMatchObject({
      type: 'segment.entered',
      timestamp: events[0]?.occurredAt,
      data: { anonymousId: 'ada', segment: 'keen', version: 1 },
    });
    expect(third?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    await vi.waitUntil(() => at('/target').length === 1, PATIENCE);
    await vi.waitUntil(async () => {
      const { webhooks } = await api<{ webhooks: { id: string; disabled: string | null }[] }>('webhooks');
      return webhooks.find(({ id }) => id === gone.id)?.disabled === 'it answered 410';
    }, PATIENCE);
    const { failures } = await api<{ failures: { message: { type: string } }[] }>('webhooks/failures');
    expect(failures).toHaveLength(2);
    expect(at('/inside')).toHaveLength(1);
  });

  test('a private target is refused when it is named', async ({ expect }) => {
    await expect(api('webhooks', 'POST', { url: 'https://0xa.1/' })).rejects.toThrow('private');
    await expect(api('webhooks', 'POST', { url: 'http://shop.example/' })).rejects.toThrow('https://');
  });
});
