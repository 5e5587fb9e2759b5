/** Drops every table and value of an object, in the transaction of the caller. */
export function dropEverything(storage: DurableObjectStorage): void {
  const tables = storage.sql
    .exec<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
    )
    .toArray();
  for (const { name } of tables) storage.sql.exec(`DROP TABLE "${name}"`);
  for (const [key] of [...storage.kv.list()]) storage.kv.delete(key);
}

/** How many of the migrations the object has; 0 when it has none of these tables. */
export function migratedTo(storage: DurableObjectStorage, versionKey: string): number {
  return storage.kv.get<number>(versionKey) ?? 0;
}

/**
 * Brings an object's SQLite to the newest version of an append-only list of migrations. The version lives in the object's
 * key-value storage; `upTo` stops earlier, for tests of a migration.
 */
export function migrate(
  storage: DurableObjectStorage,
  migrations: readonly string[],
  upTo = migrations.length,
  versionKey = 'schema_version',
): void {
  const version = migratedTo(storage, versionKey);
  if (version >= upTo) return;
  storage.transactionSync(() => {
    for (const ddl of migrations.slice(version, upTo)) storage.sql.exec(ddl);
    storage.kv.put(versionKey, upTo);
  });
}
