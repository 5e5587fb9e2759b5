import { uuidv7 } from 'uuidv7';
import { parseWellFormed } from '../../core/json/parse.ts';
import { findSiteById } from '../../stores/sites/site.ts';
import { takeRequest } from '../edge/ingest/handle-events.ts';
import { checkBatch } from '../edge/ingest/parse-request.ts';
import { visitorCookies } from '../edge/visitor/visitor-cookie.ts';
import { HttpError } from '../http/error.ts';
import { noteRequest } from '../http/request-log.ts';
import { proxiedShop } from './proxy-hosts.ts';

/** A picture of one transparent dot. */
const DOT = Uint8Array.from(atob('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'), (one) =>
  one.charCodeAt(0),
);

/**
 * `GET /v/pixel.gif`: an event of a page whose visitor runs no script, as `fillPage` has written its picture into it. It is taken as one of the beacon's
 * would be, by the site's consent; the visitor gets his cookies.
 */
export async function handlePixel(request: Request, env: Env): Promise<Response> {
  const receivedAtMs = Date.now();
  const url = new URL(request.url);
  const shop = proxiedShop(env, url);
  if (!shop)
    throw new HttpError(404, 'Pictures tell of pages that come through Vitrine; this host has none.', {
      code: 'not_proxied',
    });
  const page = pageOf(request, url);
  const site = await findSiteById(env, shop.site);
  if (!site) throw new HttpError(404, 'The site of this host is unknown.', { code: 'unknown_site' });
  noteRequest(request, { site: site.id });
  const anonymousId = visitorCookies(request).anonymousId ?? uuidv7();
  const event = {
    id: uuidv7(),
    type: url.searchParams.get('type') ?? '',
    occurredAt: new Date(receivedAtMs).toISOString(),
    anonymousId,
    properties: propertiesOf(url),
    context: { page: { url: page } },
  };
  const batch = { anonymousId, events: [event], sentAt: undefined, visitorToken: undefined, dropped: undefined };
  const { body, cookies } = await takeRequest(
    request,
    url,
    env,
    site,
    checkBatch(batch, url.search.length),
    receivedAtMs,
  );
  const headers = new Headers({ 'content-type': 'image/gif', 'cache-control': 'private, no-store' });
  // Who may not be counted gets no id.
  if (body.accepted > 0) for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(DOT, { headers });
}

/** The page that shows the picture. */
function pageOf(request: Request, url: URL): string {
  const referer = URL.parse(request.headers.get('referer') ?? '');
  const from = request.headers.get('sec-fetch-site');
  const isOwn = from === null ? referer?.host === url.host : from === 'same-origin';
  if (!isOwn)
    throw new HttpError(403, 'Only a page of the shop itself may show this picture.', { code: 'origin_refused' });
  return referer?.href ?? `${url.origin}/`;
}

function propertiesOf(url: URL): unknown {
  const text = url.searchParams.get('properties');
  if (text === null) return undefined;
  try {
    return parseWellFormed(text);
  } catch {
    // What is no JSON is refused, by name, where events are checked.
    return text;
  }
}
