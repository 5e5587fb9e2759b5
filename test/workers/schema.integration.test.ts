import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { encodeState } from '../../core/profile/encode-state.ts';
import { emptyState } from '../../core/profile/state.ts';
import { INDEX_MIGRATIONS } from '../../durable-objects/session-index/schema.ts';
import { migrate } from '../../durable-objects/storage/migrate.ts';
import {
  LINK_MIGRATIONS,
  SEGMENT_MIGRATIONS,
  TOMBSTONE_MIGRATIONS,
} from '../../durable-objects/user-profile/schema.ts';

/** The tables of a new object after the first `upTo` migrations, as SQLite tells them. */
function tablesOf(migrations: readonly string[], upTo = migrations.length): Promise<string[]> {
  const stub = env.USER_PROFILE.get(env.USER_PROFILE.newUniqueId());
  return runInDurableObject(stub, (_object, { storage }) => {
    for (const { name } of storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
      )
      .toArray()) {
      storage.sql.exec(`DROP TABLE ${name}`);
    }
    storage.kv.delete('schema_version');
    migrate(storage, migrations, upTo);
    return storage.sql
      .exec<{ sql: string }>(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
      )
      .toArray()
      .map(({ sql }) => sql.replaceAll(/\s+/g, ' '));
  });
}

describe('the tables of the objects', () => {
  it('UserProfile takes over what an earlier build stored as tables', async ({ expect }) => {
    const stub = env.USER_PROFILE.get(env.USER_PROFILE.idFromName('s/a/old'));
    const state = emptyState();
    state.lastAt = 5;
    await runInDurableObject(stub, (_object, { storage }) => {
      storage.sql.exec(
        'CREATE TABLE profile (id INTEGER PRIMARY KEY CHECK (id = 1), state TEXT NOT NULL, version INTEGER NOT NULL, retired TEXT NOT NULL, tail BLOB NOT NULL)',
      );
      for (const ddl of SEGMENT_MIGRATIONS) storage.sql.exec(ddl);
      storage.sql.exec("INSERT INTO profile VALUES (1, ?, 3, '[]', ?)", encodeState(state), new ArrayBuffer(0));
      storage.kv.put('schema_version', 1);
    });
    await evictDurableObject(stub);
    expect(await stub.exportState()).toBe(encodeState(state));
    await runInDurableObject(stub, (_object, { storage }) => {
      expect([...storage.kv.list()].map(([key]) => key)).toEqual(['profile', 'segments_version']);
    });
  });

  it('UserProfile, with many events, or erased', async ({ expect }) => {
    expect(await tablesOf(SEGMENT_MIGRATIONS)).toEqual([
      'CREATE TABLE dedup_segments ( segment INTEGER PRIMARY KEY, newest_seconds INTEGER NOT NULL, entries BLOB NOT NULL )',
    ]);
    expect(await tablesOf(TOMBSTONE_MIGRATIONS)).toEqual([
      'CREATE TABLE tombstone ( id INTEGER PRIMARY KEY CHECK (id = 1), erased_at INTEGER NOT NULL, assignment INTEGER NOT NULL, later TEXT NOT NULL )',
    ]);
  });

  it('UserProfile, with links', async ({ expect }) => {
    expect(await tablesOf(LINK_MIGRATIONS)).toEqual([
      'CREATE TABLE assignment ( id INTEGER PRIMARY KEY CHECK (id = 1), person TEXT NOT NULL, version INTEGER NOT NULL, leaving TEXT NOT NULL )',
      'CREATE TABLE linked ( ledger TEXT PRIMARY KEY, assignment INTEGER NOT NULL, number INTEGER NOT NULL, state TEXT , shared TEXT) WITHOUT ROWID',
    ]);
  });

  it('SessionIndex', async ({ expect }) => {
    expect(await tablesOf(INDEX_MIGRATIONS)).toEqual([
      'CREATE TABLE checkpoint ( chunk INTEGER PRIMARY KEY, content TEXT NOT NULL )',
      'CREATE TABLE journal ( seq INTEGER PRIMARY KEY AUTOINCREMENT, sessions TEXT NOT NULL )',
    ]);
  });

  it('none before the first migration', async ({ expect }) => {
    expect(await tablesOf(LINK_MIGRATIONS, 0)).toEqual([]);
  });
});
