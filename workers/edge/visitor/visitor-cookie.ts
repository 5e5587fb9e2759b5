import { anonymousIdSchema } from '../../../core/events/person-ids.ts';
import { isLedger, type Ledger } from '../../../core/identity/ledger.ts';

const VISITOR = 'vitrine_id';
const HOME = 'vitrine_home';
/** 13 months, the longest that European regulators accept for an audience cookie. */
const MAX_AGE_SECONDS = 395 * 86_400;

/** The visitor's id as the first-party cookie holds it. */
export function visitorOf(request: Request): string | undefined {
  return cookieOf(request, VISITOR, (value) => anonymousIdSchema.safeParse(value).data);
}

/** The cookie to set for a page's visitor; nothing for servers, and when it stands already. */
export function visitorCookie(request: Request, url: URL, anonymousId: string | undefined): string | undefined {
  if (anonymousId === undefined || !request.headers.has('origin') || visitorOf(request) === anonymousId)
    return undefined;
  return setCookie(url, VISITOR, anonymousId);
}

/** Where the visitor's person was last found: a hint that saves a hop and opens nothing, for objects check who belongs to them. */
export function homeOf(request: Request): Ledger | undefined {
  return cookieOf(request, HOME, (value) => (isLedger(value) ? value : undefined));
}

/** The response, with the hint for the next read after a visitor's person was found at `home`; as it is when the hint stands already. */
export function withHomeCookie(response: Response, request: Request, url: URL, home: Ledger | undefined): Response {
  const hint = homeOf(request);
  const saysSomething = hint !== undefined || home?.startsWith('u/');
  if (home !== undefined && hint !== home && saysSomething && visitorOf(request) !== undefined)
    response.headers.append('set-cookie', setCookie(url, HOME, home));
  return response;
}

function setCookie(url: URL, name: string, value: string): string {
  const secure = url.protocol === 'https:' ? '; Secure' : '';
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

function cookieOf<T>(request: Request, wanted: string, read: (value: string) => T | undefined): T | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    const decoded = name === wanted && value ? decode(value) : undefined;
    const parsed = decoded === undefined ? undefined : read(decoded);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
