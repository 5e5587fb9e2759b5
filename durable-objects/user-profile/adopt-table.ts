import { SEGMENTS_KEY } from './profile-store.ts';
import { PROFILE_KEY, SEGMENT_MIGRATIONS } from './schema.ts';

/** The version key of the tables that held the profile once. */
const TABLE_VERSION_KEY = 'schema_version';

/** Takes over a profile that an earlier build stored as a table: once, in one transaction. */
export function adoptTable(storage: DurableObjectStorage): void {
  if (storage.kv.get(TABLE_VERSION_KEY) === undefined) return;
  storage.transactionSync(() => {
    const [row] = storage.sql
      .exec<{ state: string; version: number; retired: string; tail: ArrayBuffer }>(
        'SELECT state, version, retired, tail FROM profile WHERE id = 1',
      )
      .toArray();
    if (row)
      storage.kv.put(PROFILE_KEY, { v: 1, ...row, retired: JSON.parse(row.retired), tail: new Uint8Array(row.tail) });
    storage.sql.exec('DROP TABLE profile');
    storage.kv.put(SEGMENTS_KEY, SEGMENT_MIGRATIONS.length);
    storage.kv.delete(TABLE_VERSION_KEY);
  });
}
