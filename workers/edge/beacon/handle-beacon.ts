import { BEACON } from './asset.generated.ts';

const HASHED_PATH = `/v/beacon.${BEACON.hash}.js`;

/**
 * `GET /v/beacon.js` (five minutes of cache) and `GET /v/beacon.<hash>.js` (for good). An older hash leads to the current script:
 * a page that stood in a cache over a deploy goes on working.
 */
export function handleBeacon(request: Request, hash?: string): Response {
  if (hash !== undefined && hash !== BEACON.hash) {
    return new Response(null, { status: 302, headers: { location: HASHED_PATH, 'cache-control': 'no-store' } });
  }
  const etag = `"${BEACON.hash}"`;
  const headers = {
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control':
      hash === undefined ? 'public, max-age=300, stale-while-revalidate=86400' : 'public, max-age=31536000, immutable',
    etag,
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
    'x-content-type-options': 'nosniff',
    // What a page needs to pin this version: its address and its hash for Subresource Integrity.
    'vitrine-beacon': `${HASHED_PATH} ${BEACON.integrity}`,
  };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(BEACON.source, { headers });
}
