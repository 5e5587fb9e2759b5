import { type KeyScope, mayGrant } from '../../core/sites/scopes.ts';
import { auditStatement } from './audit-entry.ts';
import {
  KEY_KINDS,
  type KeyKind,
  keyId,
  keyStatement,
  newSiteStatements,
  revokeStatement,
  type Statement,
} from './site-statements.ts';

/** Characters of a key's name. */
export const MAX_NAME = 64;
/** Live keys of a kind, at most. */
const MAX_KEYS = 50;

/** A key as it can be shown: its id is the start of its hash. Times in ms since 1970. */
export interface SiteKey {
  readonly id: string;
  readonly kind: KeyKind;
  readonly name: string;
  /** What it may do; nothing: whatever its kind may. */
  readonly scopes: readonly KeyScope[];
  readonly createdAt: number;
  /** To the hour; of identity keys it is not known. */
  readonly lastUsedAt: number | null;
  /** Since when it is known to stand where others read it: in an address (`url`), or in a page. */
  readonly leaked: { readonly at: number; readonly by: string } | null;
}

/** A site as the database has it. */
export interface KnownSite {
  readonly name: string;
  readonly origins: readonly string[];
  readonly keys: readonly SiteKey[];
}

/** A key that somebody wants. */
export interface WantedKey {
  readonly kind: KeyKind;
  readonly name?: string | undefined;
  readonly scopes?: readonly KeyScope[] | undefined;
}

/** What somebody asks for; what is absent stays as it is. */
export interface Wish {
  readonly id: string;
  readonly name?: string | undefined;
  /** All origins there are to be. */
  readonly origins?: readonly string[] | undefined;
  /** Keys to be made; those there are go on working. */
  readonly make: readonly WantedKey[];
  /** Ids of keys that end. */
  readonly revoke: readonly string[];
}

/** Who asks, with the scopes of his key, and when, ms since 1970. */
export interface Asker {
  readonly actor: string;
  readonly scopes: readonly KeyScope[];
  readonly now: number;
}

/** What is to be written, and how the site is then. `made` holds the new keys in clear text: this is the only time they are seen. */
export interface Change {
  readonly statements: readonly Statement[];
  readonly made: readonly (SiteKey & { readonly key: string })[];
  readonly site: KnownSite;
}

/** A change that cannot be made, and why. */
export class ChangeRefused extends Error {
  /** Stable machine-readable reason, e.g. `last_key`. */
  readonly code: 'invalid_origin' | 'unknown_key' | 'last_key' | 'too_many_keys' | 'scope_exceeded';

  constructor(code: ChangeRefused['code'], message: string) {
    super(message);
    this.name = 'ChangeRefused';
    this.code = code;
  }
}

/**
 * What has to be written for a wish: a new site gets one key of each kind; of one that exists only what was said is changed. Each change
 * leaves an entry in the audit trail.
 *
 * @param newKey makes a random key.
 * @throws {ChangeRefused} when an origin is none, a key to be revoked is not there or the last of its kind, or one to be made may more than
 *   who asks for it.
 */
export function planChange(
  known: KnownSite | undefined,
  wish: Wish,
  newKey: (kind: KeyKind) => string,
  { actor, scopes, now }: Asker,
): Change {
  const origins = wish.origins?.map(originOf);
  const wanted: readonly WantedKey[] = known ? wish.make : KEY_KINDS.map((kind) => ({ kind }));
  const made = wanted.map((want) => madeKey(want, newKey(want.kind), scopes, now));
  const revoked = wish.revoke.map((id) => keyOf(known, id));
  const keys = [
    ...(known?.keys.filter((key) => !revoked.includes(key)) ?? []),
    ...made.map(({ key: _, ...own }) => own),
  ];
  for (const { id, kind } of revoked) {
    if (!keys.some((key) => key.kind === kind))
      throw new ChangeRefused('last_key', `"${id}" is the last ${kind} key: make a new one first`);
  }
  for (const kind of KEY_KINDS) {
    if (made.some((key) => key.kind === kind) && keys.filter((key) => key.kind === kind).length > MAX_KEYS)
      throw new ChangeRefused(
        'too_many_keys',
        `there are ${MAX_KEYS} ${kind} keys, as many as there may be: revoke one`,
      );
  }
  const site = { name: wish.name ?? known?.name ?? wish.id, origins: origins ?? known?.origins ?? [], keys };
  const told = (action: string, subject: string, detail: Record<string, unknown>) =>
    auditStatement({ site: wish.id, at: now, actor, action, subject, detail });
  if (!known) {
    const { name } = site;
    const statements = newSiteStatements({ id: wish.id, ...site, ...keyFields(made) }, now);
    return { statements: [...statements, told('site.made', wish.id, { name, origins: site.origins })], made, site };
  }
  const statements = [
    ...(wish.name === undefined || wish.name === known.name
      ? []
      : [
          { sql: 'UPDATE sites SET name = ? WHERE id = ?', values: [wish.name, wish.id] },
          told('site.named', wish.id, { from: known.name, to: wish.name }),
        ]),
    ...(origins === undefined || String(origins) === String(known.origins)
      ? []
      : [
          { sql: 'UPDATE sites SET origins = ? WHERE id = ?', values: [JSON.stringify(origins), wish.id] },
          told('site.origins', wish.id, { from: known.origins, to: origins }),
        ]),
    ...made.flatMap((key) => [
      keyStatement(wish.id, key, now),
      told('key.made', key.id, { kind: key.kind, name: key.name, scopes: key.scopes }),
    ]),
    ...revoked.flatMap(({ id, kind, name }) => [
      told('key.revoked', id, { kind, name }),
      revokeStatement(wish.id, kind, id),
    ]),
  ];
  return { statements, made, site };
}

function madeKey({ kind, name = '', scopes = [] }: WantedKey, key: string, own: readonly KeyScope[], now: number) {
  if (!mayGrant(own, scopes))
    throw new ChangeRefused('scope_exceeded', `the new key may do more than yours, which may: ${own.join(', ')}`);
  return { id: keyId(key), kind, name, scopes, key, createdAt: now, lastUsedAt: null, leaked: null };
}

function keyFields(made: readonly { readonly kind: KeyKind; readonly key: string }[]) {
  const of = (kind: KeyKind) => made.find((key) => key.kind === kind)?.key ?? '';
  return { writeKey: of('write'), secretKey: of('secret'), identityKey: of('identity') };
}

function keyOf(known: KnownSite | undefined, id: string): SiteKey {
  const key = known?.keys.find((candidate) => candidate.id === id);
  if (key) return key;
  const there = known?.keys.map((candidate) => `${candidate.id} (${candidate.kind})`).join(', ');
  throw new ChangeRefused('unknown_key', `the site has no key "${id}"${there ? `; its keys are ${there}` : ''}`);
}

/** An origin as a browser sends it: scheme and host in small letters, no path. */
function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search || url.hash || url.username)
    throw new ChangeRefused(
      'invalid_origin',
      `"${text}" is no origin: give scheme and host, e.g. https://shop.example`,
    );
  return url.origin;
}
