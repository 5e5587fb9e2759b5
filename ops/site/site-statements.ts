import { createHash } from 'node:crypto';

/** A tenant to be made, with its two keys in clear text; only their hashes are stored. */
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

/** The statements that make a site, or bring its name, origins and keys up to date. `now` in ms since 1970. */
export function siteStatements(site: NewSite, now: number): Statement[] {
  if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(site.id)) {
    throw new Error(
      `"${site.id}" is no site id: it must be 1–32 small letters, digits or "-", starting with a letter or digit`,
    );
  }
  const insertKey = 'INSERT OR REPLACE INTO site_keys (hash, site, kind, created_at) VALUES (?, ?, ?, ?)';
  return [
    {
      sql: 'INSERT OR REPLACE INTO sites (id, name, origins) VALUES (?, ?, ?)',
      values: [site.id, site.name, JSON.stringify(site.origins)],
    },
    { sql: insertKey, values: [hashKey(site.writeKey), site.id, 'write', now] },
    { sql: insertKey, values: [hashKey(site.secretKey), site.id, 'secret', now] },
    ...(site.identityKey === undefined ? [] : [identityKeyStatement(site.id, site.identityKey, now)]),
  ];
}

/** Proofs are checked with the key itself, so it is stored as it is. Its `kid` is the start of its hash. */
function identityKeyStatement(site: string, key: string, now: number): Statement {
  return {
    sql: 'INSERT OR REPLACE INTO identity_keys (site, kid, jwk, created_at) VALUES (?, ?, ?, ?)',
    values: [site, hashKey(key).slice(0, 8), JSON.stringify({ kty: 'oct', alg: 'HS256', k: key }), now],
  };
}

function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
