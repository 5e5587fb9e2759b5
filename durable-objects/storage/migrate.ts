/**
 * Brings an object's SQLite to the newest version of an append-only list of migrations. The version lives in the object's
 * key-value storage; `upTo` stops earlier, for tests of a migration.
 */
export function migrate(storage: DurableObjectStorage, migrations: readonly string[], upTo = migrations.length): void {
  const version = storage.kv.get<number>('schema_version') ?? 0;
  if (version >= upTo) return;
  storage.transactionSync(() => {
    for (const ddl of migrations.slice(version, upTo)) storage.sql.exec(ddl);
    storage.kv.put('schema_version', upTo);
  });
}
