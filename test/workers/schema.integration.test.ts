import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { INDEX_MIGRATIONS } from '../../durable-objects/session-index/schema.ts';
import { migrate } from '../../durable-objects/storage/migrate.ts';
import { LINK_MIGRATIONS, PAGE_MIGRATIONS, TOMBSTONE_MIGRATIONS } from '../../durable-objects/user-profile/schema.ts';

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
  it('UserProfile, with many events, or erased', async ({ expect }) => {
    expect(await tablesOf(PAGE_MIGRATIONS)).toEqual([
      'CREATE TABLE dedup_pages ( page INTEGER PRIMARY KEY, newest_seconds INTEGER NOT NULL, entries BLOB NOT NULL )',
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
      'CREATE TABLE "changes" ( seq INTEGER PRIMARY KEY AUTOINCREMENT, sessions TEXT NOT NULL )',
      'CREATE TABLE checkpoint ( chunk INTEGER PRIMARY KEY, content TEXT NOT NULL )',
    ]);
  });

  it('none before the first migration', async ({ expect }) => {
    expect(await tablesOf(LINK_MIGRATIONS, 0)).toEqual([]);
  });
});
