import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const sessionSchema = z.strictObject({
  /** SHA-256 of the secret key that the session was begun with, hex: the session ends with it. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  /** ms since 1970 */
  until: z.int(),
});
const explainSchema = z.strictObject({ until: z.int() });

/** What a token may be for: what it says, and the purpose that its key is derived for. */
const PURPOSES = { session: 'vitrine console session', explain: 'vitrine explanation' } as const;
const SCHEMAS = { session: sessionSchema, explain: explainSchema } as const;
export type TokenPurpose = keyof typeof PURPOSES;
export type TokenClaims<Purpose extends TokenPurpose> = z.infer<(typeof SCHEMAS)[Purpose]>;

/** Longest token that is looked at, in characters. */
export const MAX_TOKEN_LENGTH = 512;

/**
 * A token for a purpose: its claims and an HMAC-SHA256 over them, both base64url, a dot between.
 *
 * @param siteKey of one site only, hex; a key for each purpose is derived from it (HKDF, RFC 5869).
 */
export function signedToken<Purpose extends TokenPurpose>(
  siteKey: string,
  purpose: Purpose,
  claims: TokenClaims<Purpose>,
): string {
  const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${text}.${signatureOf(siteKey, purpose, text)}`;
}

/** What a token claims, before anybody has checked its signature; nothing for what is no token for this, or is over at `nowMs`. */
export function claimsOf<Purpose extends TokenPurpose>(
  purpose: Purpose,
  token: string,
  nowMs: number,
): TokenClaims<Purpose> | undefined {
  if (token.length > MAX_TOKEN_LENGTH) return undefined;
  try {
    const said: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    const claims = SCHEMAS[purpose].parse(said) as TokenClaims<Purpose>;
    return claims.until > nowMs ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the site has signed a token for this, in a time that tells nothing of it. */
export function isSigned(siteKey: string, purpose: TokenPurpose, token: string): boolean {
  const [text = '', signature = ''] = token.split('.');
  const right = Buffer.from(signatureOf(siteKey, purpose, text));
  const given = Buffer.from(signature);
  return right.byteLength === given.byteLength && timingSafeEqual(right, given);
}

function signatureOf(siteKey: string, purpose: TokenPurpose, text: string): string {
  const key = Buffer.from(hkdfSync('sha256', Buffer.from(siteKey, 'hex'), '', PURPOSES[purpose], 32));
  return createHmac('sha256', key).update(text).digest('base64url');
}
