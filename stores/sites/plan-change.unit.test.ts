import { describe, it } from 'vitest';
import type { KeyScope } from '../../core/sites/scopes.ts';
import { type Change, type KnownSite, planChange, type Wish } from './plan-change.ts';

const UNUSED = { name: '', scopes: [], lastUsedAt: null, leaked: null };
const KNOWN: KnownSite = {
  name: 'Shop',
  origins: ['https://shop.example'],
  keys: [
    { ...UNUSED, id: 'aaaaaaaa', kind: 'write', createdAt: 1 },
    { ...UNUSED, id: 'bbbbbbbb', kind: 'secret', createdAt: 1 },
    { ...UNUSED, id: 'cccccccc', kind: 'secret', createdAt: 2 },
    { ...UNUSED, id: 'dddddddd', kind: 'identity', createdAt: 1 },
  ],
};
const plan = (known: KnownSite | undefined, wish: Partial<Wish>, scopes: readonly KeyScope[] = []) =>
  planChange(known, { id: 'shop', make: [], revoke: [], ...wish }, (kind) => `new-${kind}`, {
    actor: 'command',
    scopes,
    now: 7,
  });
const actions = ({ statements }: Change) =>
  statements.flatMap(({ sql, values }) => (sql.includes('audit_trail') ? [values.slice(3, 6)] : []));
const kinds = ({ keys }: KnownSite) => keys.map(({ id, kind }) => `${kind} ${id}`);

describe('planChange', () => {
  it('gives a new site a key of each kind, and one that exists nothing that was not asked for', ({ expect }) => {
    expect(plan(undefined, { origins: ['https://shop.example'] }).made.map(({ kind }) => kind)).toEqual([
      'write',
      'secret',
      'identity',
    ]);
    expect(plan(KNOWN, {})).toEqual({ statements: [], made: [], site: KNOWN });
    expect(plan(KNOWN, { name: 'Shop', origins: KNOWN.origins }).statements).toEqual([]);
    expect(plan(KNOWN, { name: 'Other' }).statements[0]).toEqual({
      sql: 'UPDATE sites SET name = ? WHERE id = ?',
      values: ['Other', 'shop'],
    });
  });

  it('keeps the old key beside a new one until it is revoked', ({ expect }) => {
    const { site, made } = plan(KNOWN, { make: [{ kind: 'write' }] });
    expect(kinds(site)).toEqual([...kinds(KNOWN), `write ${made[0]?.id}`]);
    expect(made).toMatchObject([{ kind: 'write', key: 'new-write', createdAt: 7 }]);
    expect(kinds(plan(KNOWN, { revoke: ['bbbbbbbb'] }).site)).not.toContain('secret bbbbbbbb');
  });

  it.for<[Partial<Wish>, RegExp]>([
    [{ revoke: ['aaaaaaaa'] }, /last write key.*make a new one/],
    [{ revoke: ['bbbbbbbb', 'cccccccc'] }, /last secret key/],
    [{ revoke: ['dddddddd'] }, /last identity key/],
    [{ revoke: ['eeeeeeee'] }, /no key "eeeeeeee"; its keys are aaaaaaaa \(write\)/],
    [{ origins: ['shop.example'] }, /"shop.example" is no origin.*https:\/\/shop.example/],
    [{ origins: ['https://shop.example/cart'] }, /no origin/],
    [{ origins: ['https://ann:pw@shop.example'] }, /no origin/],
    [{ origins: ['ftp://shop.example'] }, /no origin/],
    [{ origins: ['null'] }, /no origin/],
  ])('refuses %o', ([wish, expected], { expect }) => {
    expect(() => plan(KNOWN, wish)).toThrow(expected);
  });

  it('tells the audit trail of each change, of nothing else, and of no key', ({ expect }) => {
    const change = plan(KNOWN, {
      name: 'Other',
      origins: [],
      make: [{ kind: 'secret', name: 'till', scopes: ['catalog'] }],
      revoke: ['bbbbbbbb'],
    });
    const made = change.made[0]?.id;
    expect(actions(change)).toEqual([
      ['command', 'site.named', 'shop'],
      ['command', 'site.origins', 'shop'],
      ['command', 'key.made', made],
      ['command', 'key.revoked', 'bbbbbbbb'],
    ]);
    const told = change.statements.filter(({ sql }) => sql.includes('audit_trail'));
    expect(JSON.stringify(told)).not.toContain('new-secret');
    expect(actions(plan(undefined, {}))).toEqual([['command', 'site.made', 'shop']]);
  });

  it('makes no key that may more than who asks, and not more than there may be', ({ expect }) => {
    const ask = (scopes: readonly KeyScope[] | undefined, own: readonly KeyScope[]) => () =>
      plan(KNOWN, { make: [{ kind: 'secret', scopes }] }, own);
    expect(ask(undefined, ['keys'])).toThrow(/may do more than yours, which may: keys/);
    expect(ask(['catalog'], ['keys', 'catalog:read'])).toThrow(/may do more/);
    expect(ask(['catalog:read'], ['keys', 'catalog'])().made).toMatchObject([{ scopes: ['catalog:read'] }]);
    const full = {
      ...KNOWN,
      keys: Array.from({ length: 50 }, (_, at) => ({ ...UNUSED, id: `k${at}`, kind: 'secret' as const, createdAt: 1 })),
    };
    expect(() => plan(full, { make: [{ kind: 'secret' }] })).toThrow(/50 secret keys/);
    expect(plan(full, { make: [{ kind: 'secret' }], revoke: ['k1'] }).site.keys).toHaveLength(50);
  });

  it('writes origins as browsers send them', ({ expect }) => {
    const { site } = plan(KNOWN, { origins: ['HTTPS://Shop.Example:443/', 'http://localhost:8788'] });
    expect(site.origins).toEqual(['https://shop.example', 'http://localhost:8788']);
  });
});
