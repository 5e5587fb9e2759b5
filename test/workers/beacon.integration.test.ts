import { SELF } from 'cloudflare:test';
import { describe, it } from 'vitest';
import { BEACON, BEACON_PAGE } from '../../workers/edge/beacon/assets.generated.ts';

const get = (path: string, headers: Record<string, string> = {}) =>
  SELF.fetch(`https://shop.example${path}`, { headers, redirect: 'manual' });

describe('GET /v/beacon.js', () => {
  it('serves the built script for a short time and names the address that holds for good', async ({ expect }) => {
    const response = await get('/v/beacon.js');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toContain('max-age=300');
    expect(response.headers.get('vitrine-beacon')).toBe(`/v/beacon.${BEACON.hash}.js ${BEACON.integrity}`);
    expect(await response.text()).toBe(BEACON.source);
  });

  it('serves the hashed address for good, with an integrity that fits its bytes', async ({ expect }) => {
    const response = await get(`/v/beacon.${BEACON.hash}.js`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const digest = await crypto.subtle.digest('SHA-384', await response.arrayBuffer());
    expect(BEACON.integrity).toBe(`sha384-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`);
  });

  it('answers 304 to who has it, and leads an older hash to the current script', async ({ expect }) => {
    expect((await get('/v/beacon.js', { 'if-none-match': `"${BEACON.hash}"` })).status).toBe(304);
    const old = await get('/v/beacon.0123456789abcdef.js');
    expect([old.status, old.headers.get('location')]).toEqual([302, `/v/beacon.${BEACON.hash}.js`]);
  });

  it('serves the second file under the address that the first one loads, to pages of any origin', async ({
    expect,
  }) => {
    const path = `/v/beacon-page.${BEACON_PAGE.hash}.js`;
    expect(BEACON.source).toContain(path);
    const response = await get(path);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await response.text()).toBe(BEACON_PAGE.source);
    expect((await get('/v/beacon-page.0123456789abcdef.js')).headers.get('location')).toBe(path);
  });
});
