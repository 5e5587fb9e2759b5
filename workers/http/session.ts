import { claimsOf, isSigned, signedToken } from '../../core/identity/signed-token.ts';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { HOUR_MS } from '../../core/time.ts';
import { findSiteByKeyHash, type Site } from '../../stores/sites/site.ts';
import { readCookies } from './read-cookies.ts';

/** How long a session lasts. */
const SESSION_MS = 8 * HOUR_MS;
/** What the console says with each request; no page of another origin can. */
const CONSOLE_HEADER = 'x-vitrine-console';

/** What the console names as its protocol where it opens a WebSocket, which bears no header of its own. */
export const CONSOLE_PROTOCOL = 'vitrine-console';

/** Whether a request comes from the console's own page. */
export function isFromConsole(request: Request, url: URL): boolean {
  const origin = request.headers.get('origin');
  const from = request.headers.get('sec-fetch-site');
  if (from !== null && from !== 'same-origin') return false;
  // A page of another origin can open a WebSocket with this browser's cookies, but browsers say whose it is.
  if (request.headers.get('upgrade')?.toLowerCase() === 'websocket')
    return origin === url.origin && request.headers.get('sec-websocket-protocol') === CONSOLE_PROTOCOL;
  return request.headers.has(CONSOLE_HEADER) && (origin === null || origin === url.origin);
}

/** The site whose secret key a session was begun with, while that key holds; nothing for any other request. */
export async function sessionSite(request: Request, url: URL, env: Env): Promise<Site | undefined> {
  if (!isFromConsole(request, url)) return undefined;
  const token = readCookies(request).get(cookieName(url));
  const claims = token === undefined ? undefined : claimsOf('session', token, Date.now());
  if (token === undefined || !claims) return undefined;
  const site = await findSiteByKeyHash(env, claims.key);
  return site?.keyKind === 'secret' && isSigned(site.visitorKey, 'session', token) ? site : undefined;
}

/** The cookie of a session that begins now, as `Set-Cookie`. */
export async function beginSession(site: Site, url: URL, secretKey: string): Promise<string> {
  const claims = { key: await sha256Hex(secretKey), until: Date.now() + SESSION_MS };
  return setCookie(url, signedToken(site.visitorKey, 'session', claims), SESSION_MS / 1_000);
}

/** The cookie that ends it. */
export function endSession(url: URL): string {
  return setCookie(url, '', 0);
}

function setCookie(url: URL, value: string, maxAgeSeconds: number): string {
  const secure = url.protocol === 'https:' ? '; Secure' : '';
  return `${cookieName(url)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

/** Browsers let nobody else set a cookie with this prefix; it needs HTTPS. */
function cookieName({ protocol }: URL): string {
  return protocol === 'https:' ? '__Host-vitrine_console' : 'vitrine_console';
}
