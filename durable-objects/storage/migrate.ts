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
