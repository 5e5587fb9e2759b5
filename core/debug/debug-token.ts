import { createHmac } from 'node:crypto';
import { isSameToken } from '../identity/visitor-token.ts';
import { HOUR_MS } from '../time.ts';

/** The query parameter of a page whose link opens the debugger. */
export const DEBUG_PARAMETER = 'vitrine_debug';
/** So long a link opens it at most. */
export const MAX_DEBUG_MS = 24 * HOUR_MS;
/** What the signature is of, beside the time: no other token of the site's key can be taken for it. */
const PURPOSE = 'debug';

/**
 * What a link that opens the page's debugger bears: until when it does, and the site's signature of that, HMAC-SHA256.
 *
 * @param key of one site only, hex.
 * @param until ms since 1970.
 */
export function debugToken(key: string, until: number): string {
  const time = until.toString(36);
  return `${time}.${createHmac('sha256', key).update(`${PURPOSE}.${time}`).digest('base64url').slice(0, 27)}`;
}

/** Whether a link opens the debugger now, ms since 1970. */
export function opensDebugger(key: string, token: string, now: number): boolean {
  const until = Number.parseInt(token.split('.')[0] ?? '', 36);
  return until > now && until <= now + MAX_DEBUG_MS && isSameToken(debugToken(key, until), token);
}
