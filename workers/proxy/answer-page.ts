import { matchesGlob } from '../../core/proxy/path-glob.ts';
import { isPage, mayBePage, openableEncodings } from '../../core/proxy/rewritable.ts';
import { log } from '../../stores/log.ts';
import { findSiteById, type Site } from '../../stores/sites/site.ts';
import { withDeadline } from '../../stores/with-deadline.ts';
import { fillPage } from './fill-page.ts';
import { distinctAsks, PageMemory } from './page-memory.ts';
import type { ProxiedShop } from './proxy-hosts.ts';
import { SlotCalls } from './slot-calls.ts';

/** How long a page waits for whether its site fills slots, where its isolate does not know. */
const SITE_DEADLINE_MS = 300;
/** Said to a shop's server by who stands before it; who hears it himself stands before himself. */
const PROXY_MARK = 'vitrine-proxy';
/** Headers that ask for less than a whole page, and those that say of the shop's page what is not so of ours. */
const CONDITIONS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range'];
const OF_THE_ORIGIN = new Set(
  'etag last-modified expires age pragma accept-ranges content-md5 digest content-digest repr-digest surrogate-control cdn-cache-control cloudflare-cdn-cache-control cache-tag'.split(
    ' ',
  ),
);
const memory = new PageMemory();

/**
 * Answers a request for a page of the shop that Vitrine stands in front of: what is no page to fill passes untouched; in a page its slots are
 * filled while it streams. Nothing here makes a page fail that the shop's server answers.
 */
export async function answerPage(request: Request, url: URL, shop: ProxiedShop, env: Env): Promise<Response> {
  if (request.headers.get(PROXY_MARK) === shop.host)
    return plain(508, `PROXY_HOSTS leads ${shop.host} to itself: "upstream" must be another server.`);
  const now = Date.now();
  const header = (name: string) => request.headers.get(name);
  const expected = memory.expect(shop.host, url.pathname, now);
  if (expected.empty || !mayBePage({ method: request.method, header })) return untouched(request, url, shop);
  const asked = untouched(request, url, shop, wholePage);
  const site = siteOf(env, shop.site, url.pathname);
  const calls = new SlotCalls(env, site, request, shop.upstream);
  for (const ask of distinctAsks(expected.asks)) void calls.get(ask);
  const response = await asked;
  if (!isPage({ status: response.status, header: (name) => response.headers.get(name) })) return response;
  if (!(await site)) return response;
  return personal(
    fillPage(response, calls, expected.tags, (found) => {
      memory.learn(shop.host, url.pathname, found, Date.now());
    }),
  );
}

/** The site, if it fills slots at this path and is known in time. Never rejects. */
async function siteOf(env: Env, id: string, path: string): Promise<Site | null> {
  const site = await withDeadline(findSiteById(env, id), SITE_DEADLINE_MS);
  if (site === null || typeof site === 'string') {
    log('page_untouched', { site: id, why: site ?? 'unknown_site' });
    return null;
  }
  const { active, off } = site.settings.proxy;
  return active && !matchesGlob(off, path) ? site : null;
}

/** What the shop's own server answers. */
async function untouched(
  request: Request,
  url: URL,
  { host, upstream }: ProxiedShop,
  change: (headers: Headers) => void = () => {},
): Promise<Response> {
  if (upstream === undefined) {
    const sent = new Request(request);
    change(sent.headers);
    return fetch(sent);
  }
  const sent = new Request(upstream + url.pathname + url.search, manual(request));
  const { headers } = sent;
  change(headers);
  headers.set(PROXY_MARK, host);
  headers.set('x-forwarded-host', url.host);
  headers.set('x-forwarded-proto', url.protocol.slice(0, -1));
  try {
    const response = await fetch(sent);
    return fromUpstream(response, upstream, url.origin);
  } catch (error) {
    log('upstream_away', { host, error: String(error) });
    return plain(502, `The shop's server does not answer. PROXY_HOSTS names it as ${upstream}.`);
  }
}

/** The request whose redirects its visitor follows himself, as one that comes in is. */
function manual(request: Request): Request {
  return request.redirect === 'manual' ? request : new Request(request, { redirect: 'manual' });
}

/** A redirect to the shop's own server leads to where the visitor is. */
function fromUpstream(response: Response, upstream: string, origin: string): Response {
  const location = response.headers.get('location');
  if (location === null || !(location === upstream || location.startsWith(`${upstream}/`))) return response;
  const moved = new Response(response.body, response);
  moved.headers.set('location', origin + location.slice(upstream.length));
  return moved;
}

/** Asks for the page itself, in an encoding that can be opened. */
function wholePage(headers: Headers): void {
  for (const name of CONDITIONS) headers.delete(name);
  const encodings = openableEncodings(headers.get('accept-encoding'));
  if (encodings !== undefined) headers.set('accept-encoding', encodings);
}

/** The page as its visitor's own: no cache keeps it, and it claims nothing that holds only of the shop's. */
function personal(page: Response): Response {
  for (const [name] of [...page.headers]) if (OF_THE_ORIGIN.has(name)) page.headers.delete(name);
  page.headers.set('cache-control', 'private, no-store');
  return page;
}

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
}
