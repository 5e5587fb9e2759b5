import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { makeSite, send, type TestSite } from './site.ts';

const FROM_CONSOLE = { 'x-vitrine-console': '1', 'content-type': 'application/json' };
const signIn = (secretKey: string, headers: Record<string, string> = FROM_CONSOLE) =>
  send('/console/session', { method: 'POST', headers, body: JSON.stringify({ secretKey }) });
const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
async function signedIn(site: TestSite): Promise<Record<string, string>> {
  return { ...FROM_CONSOLE, cookie: cookieOf(await signIn(site.secretKey)) };
}

describe('the console', () => {
  it('is one page under every address, with its own files for good, and takes nothing from elsewhere', async ({
    expect,
  }) => {
    const page = await send('/console');
    const text = await page.text();
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe|\*/);
    expect(await (await send('/console/catalogue')).text()).toBe(text);
    for (const [, file] of text.matchAll(/(?:href|src)="(\/console\/[^"]+)"/g)) {
      const asset = await send(file ?? '');
      expect(asset.headers.get('cache-control')).toContain('immutable');
      expect((await asset.text()).length).toBeGreaterThan(1_000);
      expect((await send((file ?? '').replace(/\.[0-9a-f]{16}\./, '.0123456789abcdef.'))).status).toBe(404);
    }
    expect(text).not.toMatch(/<script>|style=|https?:\/\/(?!www\.w3\.org)/);
  });

  it('lets in who has the secret key, for as long as that holds', async ({ expect }) => {
    const site = await makeSite();
    const session = await signIn(site.secretKey);
    expect(await session.json()).toEqual({ site: site.id });
    expect(session.headers.get('set-cookie')).toMatch(
      /^__Host-vitrine_console=[^;]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict; Secure$/,
    );
    const headers = { ...FROM_CONSOLE, cookie: cookieOf(session) };
    expect((await send('/api/settings', { headers })).status).toBe(200);
    expect(await (await send('/console/session', { headers })).json()).toEqual({ site: site.id });
    expect((await signIn(site.writeKey)).status).toBe(401);
    expect((await signIn('sk_nobody')).status).toBe(401);
    const ended = await send('/console/session', { method: 'DELETE', headers });
    expect(ended.headers.get('set-cookie')).toMatch(/vitrine_console=; .*Max-Age=0/);
  });

  it('lets nobody in any more whose key is revoked', async ({ expect }) => {
    const site = await makeSite();
    const headers = await signedIn(site);
    // This isolate has not read the key by its hash yet.
    await env.DB.prepare('DELETE FROM site_keys WHERE hash = ?')
      .bind(await sha256Hex(site.secretKey))
      .run();
    expect((await send('/api/settings', { headers })).status).toBe(401);
  });

  it('is known by no cookie alone, from no other page, and under no other site', async ({ expect }) => {
    const [site, other] = [await makeSite(), await makeSite()];
    const headers = await signedIn(site);
    const { cookie = '' } = headers;
    const ask = async (more: Record<string, string>) => (await send('/api/settings', { headers: more })).status;
    expect(await ask({ cookie })).toBe(401);
    expect(await ask({ ...headers, origin: site.origin })).toBe(401);
    expect(await ask({ ...headers, origin: 'https://evil.example' })).toBe(401);
    expect(await ask({ ...headers, 'sec-fetch-site': 'cross-site' })).toBe(401);
    expect(await ask({ ...headers, 'sec-fetch-site': 'same-site' })).toBe(401);
    expect(await ask({ ...headers, origin: 'https://vitrine.example', 'sec-fetch-site': 'same-origin' })).toBe(200);
    expect(await ask({ ...headers, cookie: `${cookie}x` })).toBe(401);
    expect(await ask({ ...headers, cookie: cookie.replace('__Host-', '') })).toBe(401);
    // The signature of one site under the claims of another.
    const [text] = cookie.split('=')[1]?.split('.') ?? [];
    const [, signature] =
      cookieOf(await signIn(other.secretKey))
        .split('=')[1]
        ?.split('.') ?? [];
    expect(await ask({ ...headers, cookie: `__Host-vitrine_console=${text}.${signature}` })).toBe(401);
    // A session is no key of the public API.
    expect((await send('/v/recommendations', { headers })).status).toBe(401);
    expect((await signIn(site.secretKey, { 'content-type': 'application/json' })).status).toBe(403);
    expect((await signIn(site.secretKey, { ...FROM_CONSOLE, origin: 'https://evil.example' })).status).toBe(403);
  });

  it('opens a WebSocket from its own page, and from no other that has the browser’s cookies', async ({ expect }) => {
    const site = await makeSite();
    const { cookie = '' } = await signedIn(site);
    const open = async (more: Record<string, string>) => {
      const headers = { cookie, upgrade: 'websocket', 'sec-websocket-protocol': 'vitrine-console', ...more };
      const response = await send('/api/tail', { headers });
      response.webSocket?.accept();
      response.webSocket?.close();
      return [response.status, response.headers.get('sec-websocket-protocol')];
    };
    expect(await open({ origin: 'https://vitrine.example' })).toEqual([101, 'vitrine-console']);
    const refused: Record<string, string>[] = [
      {},
      { origin: site.origin },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: 'https://vitrine.example', 'sec-fetch-site': 'same-site' },
      { origin: 'https://vitrine.example', 'sec-websocket-protocol': 'chat' },
      { origin: 'https://vitrine.example', cookie: '' },
    ];
    for (const headers of refused) expect(await open(headers)).toEqual([401, null]);
  });

  it('names what conditions may say, and tells of a product what becomes of it', async ({ expect }) => {
    const site = await makeSite();
    const headers = await signedIn(site);
    const rows = ['a', 'b', 'c'].map((id) =>
      JSON.stringify({ id, title: id, url: `/p/${id}`, brand: 'Loom', available: id !== 'c' }),
    );
    await send('/api/catalog', { method: 'POST', headers, body: rows.join('\n') });
    const names = await (await send('/api/merchandising/names', { headers })).json<Record<string, string[]>>();
    expect(names).toMatchObject({ segments: [], attributes: [], item: expect.arrayContaining(['brand']) });
    expect(await (await send('/api/catalog/a', { headers })).json()).toMatchObject({
      seen: { id: 'a', brand: 'Loom', on_sale: false },
    });
    expect(await (await send('/api/catalog/c', { headers })).json()).toMatchObject({ served: null, seen: null });
    const document = {
      slots: { home: { limit: 1, strategies: ['trending'] } },
      rules: [{ name: 'no b', when: 'context.country == "AT"', actions: [{ do: 'exclude', where: 'item.id == "a"' }] }],
    };
    expect(
      (await send('/api/merchandising/draft', { method: 'PUT', headers, body: JSON.stringify(document) })).status,
    ).toBe(200);
    const fate = async (product: string, country: string) => {
      const body = JSON.stringify({ slot: 'home', product, pretend: { context: { country } } });
      const read = await (await send('/api/merchandising/preview', { method: 'POST', headers, body })).json<{
        product: object;
        html: string;
      }>();
      expect(read.html).toContain('<section class="vitrine-slot');
      return read.product;
    };
    expect(await fate('a', 'DE')).toEqual({ id: 'a', state: 'shown', place: 1 });
    expect(await fate('a', 'AT')).toEqual({ id: 'a', state: 'removed', by: 'rule: no b' });
    expect(await fate('b', 'DE')).toEqual({ id: 'b', state: 'not_brought' });
    expect(await fate('c', 'DE')).toEqual({ id: 'c', state: 'unavailable' });
    expect(await fate('nothing', 'DE')).toEqual({ id: 'nothing', state: 'unavailable' });
  });
});
