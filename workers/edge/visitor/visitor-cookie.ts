import { anonymousIdSchema } from '../../../core/events/person-ids.ts';
import { readCookies } from '../../http/read-cookies.ts';

const ID = 'vitrine_id';
const TOKEN = 'vitrine_token';
const HINT = 'vitrine_hint';
/** 13 months, the longest that European regulators accept for an audience cookie. */
const MAX_AGE_SECONDS = 395 * 86_400;

/** What the cookies of a request say of its visitor; nothing of it is proven yet. */
export interface VisitorCookies {
  readonly anonymousId: string | undefined;
  readonly token: string | undefined;
  /** What the browser has done that it has not seen confirmed; the beacon writes it. */
  readonly hint: string | undefined;
}

/** Reads the visitor's cookies. */
export function visitorCookies(request: Request): VisitorCookies {
  const found = readCookies(request);
  const id = decode(found.get(ID));
  return {
    anonymousId: id === undefined ? undefined : anonymousIdSchema.safeParse(id).data,
    token: decode(found.get(TOKEN)),
    hint: found.get(HINT),
  };
}

/** The cookies of a page's visitor, for `Set-Cookie`: who he is and, if he has one, his token; none that stand already. */
export function visitorCookieHeaders(
  request: Request,
  url: URL,
  anonymousId: string,
  token: string | undefined,
): string[] {
  const held = visitorCookies(request);
  return [
    ...(held.anonymousId === anonymousId ? [] : [setCookie(url, ID, anonymousId)]),
    ...(token === undefined || held.token === token ? [] : [setCookie(url, TOKEN, token)]),
  ];
}

function setCookie(url: URL, name: string, value: string): string {
  const secure = url.protocol === 'https:' ? '; Secure' : '';
  return `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

function decode(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
