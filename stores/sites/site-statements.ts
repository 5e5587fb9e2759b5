import { createHash } from 'node:crypto';
import type { KeyScope } from '../../core/sites/scopes.ts';

/** What a site's keys are for: `write` stands in its pages, `secret` on its servers, `identity` signs who a visitor is. */
export const KEY_KINDS = ['write', 'secret', 'identity'] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** The form of a site's id. */
export const SITE_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** A tenant to be made, with its keys in clear text; of write and secret key only the hashes are stored. */
export interface NewSite {
  /** Small letters, digits and "-"; every key of every store starts with it. */
  readonly id: string;
  readonly name: string;
  /** Origins of the shop's pages, e.g. `https://shop.example`. */
  readonly origins: readonly string[];
  readonly writeKey: string;
  readonly secretKey: string;
  /** Signs proofs of who a visitor is (HS256); 32 random bytes, base64url. Without it the site takes no proofs. */
  readonly identityKey?: string;
}

/** One SQL statement with the values it binds. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** A key to be stored. */
export interface NewKey {
  readonly kind: KeyKind;
  readonly key: string;
  /** What people call it. */
  readonly name: string;
  /** What it may do; nothing: whatever its kind may. */
  readonly scopes: readonly KeyScope[];
}

/**
 * The statements that make a site. Where it exists already they set its name and origins and see that the keys are there; all else
 * stays as it is. `now` in ms since 1970.
 */
export function siteStatements(site: NewSite, now: number): Statement[] {
  const [insert, ...keys] = newSiteStatements(site, now);
  const upsert = `${insert?.sql} ON CONFLICT (id) DO UPDATE SET name = excluded.name, origins = excluded.origins`;
  return [{ sql: upsert, values: insert?.values ?? [] }, ...keys];
}

/** The statements that make a site, and fail where it exists. @throws for an id that is none. */
export function newSiteStatements(site: NewSite, now: number): Statement[] {
  if (!SITE_ID.test(site.id)) {
    throw new Error(
      `"${site.id}" is no site id: it must be 1–32 small letters, digits or "-", starting with a letter or digit`,
    );
  }
  const whole = (kind: KeyKind, key: string) => keyStatement(site.id, { kind, key, name: '', scopes: [] }, now);
  return [
    {
      sql: 'INSERT INTO sites (id, name, origins) VALUES (?, ?, ?)',
      values: [site.id, site.name, JSON.stringify(site.origins)],
    },
    whole('write', site.writeKey),
    whole('secret', site.secretKey),
    ...(site.identityKey === undefined ? [] : [whole('identity', site.identityKey)]),
  ];
}

/** The statement that adds a key to a site; once more changes nothing. */
export function keyStatement(site: string, { kind, key, name, scopes }: NewKey, now: number): Statement {
  if (kind === 'identity') {
    // Proofs are checked with the key itself, so it is stored as it is.
    return {
      sql: 'INSERT INTO identity_keys (site, kid, jwk, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
      values: [site, keyId(key), JSON.stringify({ kty: 'oct', alg: 'HS256', k: key }), now],
    };
  }
  return {
    sql: 'INSERT INTO site_keys (hash, site, kind, created_at, scopes, name) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    values: [hashKey(key), site, kind, now, JSON.stringify(scopes), name],
  };
}

/** The statement that ends a key, unless it is the last of its kind by then: somebody else may end the others at the same time. */
export function revokeStatement(site: string, kind: KeyKind, id: string): Statement {
  if (kind === 'identity')
    return {
      sql: 'DELETE FROM identity_keys WHERE site = ? AND kid = ? AND (SELECT COUNT(*) FROM identity_keys WHERE site = ?) > 1',
      values: [site, id, site],
    };
  return {
    sql: `DELETE FROM site_keys WHERE site = ? AND kind = ? AND substr(hash, 1, 8) = ?
            AND (SELECT COUNT(*) FROM site_keys WHERE site = ? AND kind = ?) > 1`,
    values: [site, kind, id, site, kind],
  };
}

/** The statement that lets a key make sites. */
export function operatorKeyStatement(key: string, now: number): Statement {
  return { sql: 'INSERT INTO operator_keys (hash, created_at) VALUES (?, ?)', values: [hashKey(key), now] };
}

/** By what a key is named where it must not be shown: the start of its hash, for an identity key also the `kid` of its proofs. */
export function keyId(key: string): string {
  return hashKey(key).slice(0, 8);
}

function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
