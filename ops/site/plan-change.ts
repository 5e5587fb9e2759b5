import { KEY_KINDS, type KeyKind, keyId, keyStatement, type Statement, siteStatements } from './site-statements.ts';

/** A key as it can be shown: its id is the start of its hash. Times in ms since 1970. */
export interface SiteKey {
  readonly id: string;
  readonly kind: KeyKind;
  readonly createdAt: number;
}

/** A site as the database has it. */
export interface KnownSite {
  readonly name: string;
  readonly origins: readonly string[];
  readonly keys: readonly SiteKey[];
}

/** What somebody asks for; what is absent stays as it is. */
export interface Wish {
  readonly id: string;
  readonly name?: string | undefined;
  /** All origins there are to be. */
  readonly origins?: readonly string[] | undefined;
  /** Kinds of key of which a new one is made; the old ones go on working. */
  readonly rotate: readonly KeyKind[];
  /** Ids of keys that end. */
  readonly revoke: readonly string[];
}

/** What is to be written, and how the site is then. `made` holds the new keys in clear text: this is the only time they are seen. */
export interface Change {
  readonly statements: readonly Statement[];
  readonly made: readonly (SiteKey & { readonly key: string })[];
  readonly site: KnownSite;
}

/**
 * What has to be written for a wish: a new site gets one key of each kind; of one that exists only what was said is changed.
 *
 * @param newKey makes a random key.
 * @throws when an origin is none, or a key to be revoked is not there or the last of its kind.
 */
export function planChange(
  known: KnownSite | undefined,
  wish: Wish,
  newKey: (kind: KeyKind) => string,
  now: number,
): Change {
  const origins = wish.origins?.map(originOf);
  const kinds = known ? [...new Set(wish.rotate)] : KEY_KINDS;
  const made = kinds.map((kind) => {
    const key = newKey(kind);
    return { id: keyId(key), kind, key, createdAt: now };
  });
  const revoked = wish.revoke.map((id) => keyOf(known, id));
  const keys = [...(known?.keys.filter((key) => !revoked.includes(key)) ?? []), ...made];
  for (const { id, kind } of revoked) {
    if (!keys.some((key) => key.kind === kind))
      throw new Error(`"${id}" is the last ${kind} key: make a new one as well, with --rotate ${kind}`);
  }
  const site = { name: wish.name ?? known?.name ?? wish.id, origins: origins ?? known?.origins ?? [], keys };
  const statements = known
    ? [
        ...(wish.name === undefined
          ? []
          : [{ sql: 'UPDATE sites SET name = ? WHERE id = ?', values: [wish.name, wish.id] }]),
        ...(origins === undefined
          ? []
          : [{ sql: 'UPDATE sites SET origins = ? WHERE id = ?', values: [JSON.stringify(origins), wish.id] }]),
        ...made.map(({ kind, key }) => keyStatement(wish.id, kind, key, now)),
        ...revoked.map(({ id, kind }) => revokeStatement(wish.id, kind, id)),
      ]
    : siteStatements({ id: wish.id, ...site, ...keyFields(made) }, now);
  return { statements, made, site };
}

function keyFields(made: readonly { readonly kind: KeyKind; readonly key: string }[]) {
  const of = (kind: KeyKind) => made.find((key) => key.kind === kind)?.key ?? '';
  return { writeKey: of('write'), secretKey: of('secret'), identityKey: of('identity') };
}

function keyOf(known: KnownSite | undefined, id: string): SiteKey {
  const key = known?.keys.find((candidate) => candidate.id === id);
  if (key) return key;
  const there = known?.keys.map((candidate) => `${candidate.id} (${candidate.kind})`).join(', ');
  throw new Error(`the site has no key "${id}"${there ? `; its keys are ${there}` : ''}`);
}

function revokeStatement(site: string, kind: KeyKind, id: string): Statement {
  if (kind === 'identity') return { sql: 'DELETE FROM identity_keys WHERE site = ? AND kid = ?', values: [site, id] };
  return {
    sql: 'DELETE FROM site_keys WHERE site = ? AND kind = ? AND substr(hash, 1, 8) = ?',
    values: [site, kind, id],
  };
}

/** An origin as a browser sends it: scheme and host in small letters, no path. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username)
    throw new Error(`"${text}" is no origin: give scheme and host, e.g. https://shop.example`);
  return url.origin;
}
