import type { Site } from '../../stores/sites/site.ts';

/** Headers that let a page of the site read the answer; none for other origins and for servers. */
export function corsHeaders(request: Request, site: Pick<Site, 'origins'>): Record<string, string> {
  const origin = request.headers.get('origin');
  if (origin === null || !site.origins.includes(origin)) return { vary: 'Origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Vitrine-Tier, Vitrine-Reason, Server-Timing, Retry-After',
    vary: 'Origin',
  };
}

/** The answer to a preflight. */
export function preflight(request: Request, site: Pick<Site, 'origins'>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...corsHeaders(request, site),
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'content-type, content-encoding, x-vitrine-key, authorization',
      'access-control-max-age': '86400',
    },
  });
}
