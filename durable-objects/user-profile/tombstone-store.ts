import type { Tombstone } from '../../core/profile/tombstone.ts';
import { migrate, migratedTo } from '../storage/migrate.ts';
import { TOMBSTONE_MIGRATIONS } from './schema.ts';

const VERSION_KEY = 'tombstone_version';

/** Reads and writes the tombstone of a ledger that was erased; most have none and no table for it. */
export class TombstoneStore {
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
  }

  load(): Tombstone | undefined {
    if (migratedTo(this.storage, VERSION_KEY) === 0) return undefined;
    const [row] = this.storage.sql
      .exec<{ erased_at: number; assignment: number; later: Tombstone['later'] }>(
        'SELECT erased_at, assignment, later FROM tombstone WHERE id = 1',
      )
      .toArray();
    return row && { erasedAt: row.erased_at, assignment: row.assignment, later: row.later };
  }

  save({ erasedAt, assignment, later }: Tombstone): void {
    migrate(this.storage, TOMBSTONE_MIGRATIONS, TOMBSTONE_MIGRATIONS.length, VERSION_KEY);
    this.storage.sql.exec(
      'INSERT OR REPLACE INTO tombstone (id, erased_at, assignment, later) VALUES (1, ?, ?, ?)',
      erasedAt,
      assignment,
      later,
    );
  }
}
