import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token of a visitor: HMAC-SHA256 over the anonymous id by the site's own key, base64url, then a dot and the id. Who holds it may read what is known of
 * the visitor; who only knows his id may not.
 *
 * @param key of one site only, hex.
 */
export function visitorToken(key: string, anonymousId: string): string {
  const signature = createHmac('sha256', key).update(anonymousId).digest('base64url');
  return `${signature}.${anonymousId}`;
}

/** Longest token, in characters: a signature, a dot and an anonymous id. */
export const VISITOR_TOKEN_LENGTH = 256;

/** Whether a token is the right one, in a time that tells nothing of it. */
export function isSameToken(rightToken: string, token: string): boolean {
  const right = Buffer.from(rightToken);
  const given = Buffer.from(token);
  return right.byteLength === given.byteLength && timingSafeEqual(right, given);
}

/**
 * Whether nobody can have guessed an anonymous id: a UUID, as browsers' SDKs make them. Only such a one gets a token, so that
 * whoever comes first with the id of a server-side source, e.g. "pos-1", gains nothing.
 */
export function isUnguessable(anonymousId: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(anonymousId);
}
