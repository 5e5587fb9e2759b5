import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type FakeApi, startFakeApi } from '../cloudflare/fake-api.ts';
import { runCommand } from './run-command.ts';

let api: FakeApi;
beforeAll(async () => {
  api = await startFakeApi();
});
afterAll(() => api.stop());

const deploy = (...args: string[]) => runCommand('ops/deploy/main.ts', args, api.env);
const site = (...args: string[]) => runCommand('ops/site/main.ts', args, api.env);
const rows = (sql: string, ...values: string[]) =>
  api.databases
    .get('vitrine')
    ?.prepare(sql)
    .all(...values);
const hash = (key: string) => createHash('sha256').update(key).digest('hex');
const keyIn = (out: string, kind: string) => new RegExp(`^${kind} key +(\\S+) +\\(id`, 'm').exec(out)?.[1] ?? '';

const QUEUES = [
  'vitrine-events',
  'vitrine-events-dead',
  'vitrine-webhooks',
  'vitrine-webhooks-dead',
  'vitrine-clickhouse',
  'vitrine-clickhouse-dead',
];

describe('npm run deploy on an empty account', () => {
  it('makes what is missing, goes on after a step that failed, and changes nothing when run again', async ({
    expect,
  }) => {
    api.refuseUploads(1);
    const first = await deploy();
    expect(first).toMatchObject({ code: 1, err: expect.stringContaining('workers.dev subdomain') });
    expect(api.scripts.size).toBe(0);

    const second = await deploy();
    expect([second.code, second.err]).toEqual([0, '']);
    expect(second.out).toContain('https://vitrine.shop-account.workers.dev');
    expect([...api.databases.keys()]).toEqual(['vitrine']);
    expect([...api.buckets].sort()).toEqual(['vitrine-lake', 'vitrine-models']);
    expect(Object.fromEntries(api.queues)).toEqual(Object.fromEntries(QUEUES.map((name) => [name, ['vitrine']])));
    expect(rows("SELECT name FROM sqlite_master WHERE name = 'visitor_keys'")).toHaveLength(1);
    const migrations = rows('SELECT name FROM d1_migrations');
    expect(migrations?.length).toBeGreaterThan(5);

    const third = await deploy();
    expect([third.code, third.err]).toEqual([0, '']);
    expect(third.out).not.toContain('made');
    expect(rows('SELECT name FROM d1_migrations')).toEqual(migrations);
    expect(Object.fromEntries(api.queues)).toEqual(Object.fromEntries(QUEUES.map((name) => [name, ['vitrine']])));
    expect(api.unknown).toEqual([]);
  });

  it('keeps an environment apart, and names those there are when it is asked for another', async ({ expect }) => {
    const before = [...api.scripts.keys()];
    const staging = await deploy('--env', 'staging');
    expect([staging.code, staging.err]).toEqual([0, '']);
    expect(api.databases.has('vitrine-staging')).toBe(true);
    expect([...api.scripts.keys()]).toEqual([...before, 'vitrine-staging']);
    for (const name of QUEUES) expect(api.queues.get(`${name}-staging`)).toEqual(['vitrine-staging']);
    expect(api.scripts.get('vitrine-staging')).toMatchObject({
      ENVIRONMENT: { text: 'staging' },
      EVENTS: { queue_name: 'vitrine-events-staging' },
      LAKE: { bucket_name: 'vitrine-lake-staging' },
    });
    const other = await deploy('--env', 'stagign');
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('it has staging') });
  });
});

describe('npm run site --remote', () => {
  it('makes a site, later changes what is said and nothing else, and rotates and revokes keys', async ({ expect }) => {
    const made = await site(
      '--id',
      'shop',
      '--origin',
      'https://SHOP.example/',
      '--remote',
      '--url',
      'https://v.shop.example',
    );
    expect([made.code, made.err]).toEqual([0, '']);
    const [write, secret] = [keyIn(made.out, 'write'), keyIn(made.out, 'secret')];
    expect(made.out).toContain(`<script async src="https://v.shop.example/v/beacon.js" data-key="${write}"></script>`);
    const held = () => rows('SELECT hash, kind FROM site_keys ORDER BY kind')?.map((row) => ({ ...row }));
    expect(held()).toEqual([
      { hash: hash(secret), kind: 'secret' },
      { hash: hash(write), kind: 'write' },
    ]);
    const settings = '{"consent":{"granted":[]},"erasedIds":"drop"}';
    api.databases.get('vitrine')?.prepare('UPDATE sites SET settings = ?').run(settings);

    const named = await site('--id', 'shop', '--name', "Ann's shop", '--remote');
    expect(named).toMatchObject({ code: 0, out: expect.stringContaining("Ann's shop") });
    expect(held()).toHaveLength(2);
    expect({ ...rows('SELECT * FROM sites')?.[0] }).toEqual({
      id: 'shop',
      name: "Ann's shop",
      origins: '["https://shop.example"]',
      settings,
    });

    const last = await site('--id', 'shop', '--revoke', hash(secret).slice(0, 8), '--remote');
    expect(last).toMatchObject({ code: 1, err: expect.stringContaining('the last secret key') });
    const rotated = await site('--id', 'shop', '--rotate', 'secret', '--revoke', hash(secret).slice(0, 8), '--remote');
    const next = keyIn(rotated.out, 'secret');
    expect(held()).toEqual([
      { hash: hash(next), kind: 'secret' },
      { hash: hash(write), kind: 'write' },
    ]);
    expect(rows('SELECT kid FROM identity_keys')).toHaveLength(1);
  });

  it('prints no key in an error', async ({ expect }) => {
    api.databases.get('vitrine')?.exec('ALTER TABLE identity_keys RENAME TO away');
    const refused = await site('--id', 'other', '--origin', 'https://other.example', '--remote');
    api.databases.get('vitrine')?.exec('ALTER TABLE away RENAME TO identity_keys');
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('no such table: identity_keys') });
    expect(refused.out + refused.err).not.toMatch(/wk_|sk_|"k":|[\w-]{43}/);
    expect(rows('SELECT id FROM sites')).toHaveLength(1);
  });
});
