import { BEACON, BEACON_PAGE } from './assets.generated.ts';

const CORE_PATH = `/v/beacon.${BEACON.hash}.js`;
const PAGE_PATH = `/v/beacon-page.${BEACON_PAGE.hash}.js`;

/**
 * `GET /v/beacon.js` (five minutes of cache) and `GET /v/beacon.<hash>.js` (for good). An older hash leads to the current script:
 * a page that stood in a cache over a deploy goes on working.
 */
export function handleBeacon(request: Request, hash?: string): Response {
  if (hash !== undefined && hash !== BEACON.hash) return movedTo(CORE_PATH);
  // What a page needs to pin this version: its address and its hash for Subresource Integrity.
  return script(request, BEACON, hash !== undefined, { 'vitrine-beacon': `${CORE_PATH} ${BEACON.integrity}` });
}

/** `GET /v/beacon-page.<hash>.js`: the second file, which the core loads: what reads and fills the page. */
export function handleBeaconPage(request: Request, hash: string): Response {
  return hash === BEACON_PAGE.hash ? script(request, BEACON_PAGE, true, {}) : movedTo(PAGE_PATH);
}

function movedTo(location: string): Response {
  const headers = { location, 'cache-control': 'no-store', 'access-control-allow-origin': '*' };
  return new Response(null, { status: 302, headers });
}

function script(
  request: Request,
  { hash, source }: { readonly hash: string; readonly source: string },
  forGood: boolean,
  more: Record<string, string>,
): Response {
  const etag = `"${hash}"`;
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': forGood
      ? 'public, max-age=31536000, immutable'
      : 'public, max-age=300, stale-while-revalidate=86400',
    etag,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    ...more,
  };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(source, { headers });
}
