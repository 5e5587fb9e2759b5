import { describe, it } from 'vitest';
import { type KnownSite, planChange, type Wish } from './plan-change.ts';

const KNOWN: KnownSite = {
  name: 'Shop',
  origins: ['https://shop.example'],
  keys: [
    { id: 'aaaaaaaa', kind: 'write', createdAt: 1 },
    { id: 'bbbbbbbb', kind: 'secret', createdAt: 1 },
    { id: 'cccccccc', kind: 'secret', createdAt: 2 },
    { id: 'dddddddd', kind: 'identity', createdAt: 1 },
  ],
};
const plan = (known: KnownSite | undefined, wish: Partial<Wish>) =>
  planChange(known, { id: 'shop', rotate: [], revoke: [], ...wish }, (kind) => `new-${kind}`, 7);
const kinds = ({ keys }: KnownSite) => keys.map(({ id, kind }) => `${kind} ${id}`);

describe('planChange', () => {
  it('gives a new site a key of each kind, and one that exists nothing that was not asked for', ({ expect }) => {
    expect(plan(undefined, { origins: ['https://shop.example'] }).made.map(({ kind }) => kind)).toEqual([
      'write',
      'secret',
      'identity',
    ]);
    expect(plan(KNOWN, {})).toEqual({ statements: [], made: [], site: KNOWN });
    expect(plan(KNOWN, { name: 'Other' }).statements).toEqual([
      { sql: 'UPDATE sites SET name = ? WHERE id = ?', values: ['Other', 'shop'] },
    ]);
  });

  it('keeps the old key beside a new one until it is revoked', ({ expect }) => {
    const { site, made } = plan(KNOWN, { rotate: ['write', 'write'] });
    expect(kinds(site)).toEqual([...kinds(KNOWN), `write ${made[0]?.id}`]);
    expect(made).toMatchObject([{ kind: 'write', key: 'new-write', createdAt: 7 }]);
    expect(kinds(plan(KNOWN, { revoke: ['bbbbbbbb'] }).site)).not.toContain('secret bbbbbbbb');
  });

  it.for<[Partial<Wish>, RegExp]>([
    [{ revoke: ['aaaaaaaa'] }, /last write key.*--rotate write/],
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

  it('writes origins as browsers send them', ({ expect }) => {
    const { site } = plan(KNOWN, { origins: ['HTTPS://Shop.Example:443/', 'http://localhost:8788'] });
    expect(site.origins).toEqual(['https://shop.example', 'http://localhost:8788']);
  });
});
