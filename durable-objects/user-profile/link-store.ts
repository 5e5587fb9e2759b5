import type { Ledger } from '../../core/identity/ledger.ts';
import type { Assignment, LinkedLedger } from '../../core/identity/link-protocol.ts';
import { migrate, migratedTo } from '../storage/migrate.ts';
import { LINK_MIGRATIONS } from './schema.ts';

const VERSION_KEY = 'links_version';
/** Ledgers taken out that a home remembers, so that a late snapshot of one does not bring it back. */
const MAX_LEFT = 256;

/** Reads and writes to whom a ledger belongs and, where it is a person's home, the snapshots of his ledgers: one row a change. */
export class LinkStore {
  private readonly storage: DurableObjectStorage;
  private made: boolean;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.made = migratedTo(storage, VERSION_KEY) > 0;
    if (this.made) this.make();
  }

  /** Whether anything was ever linked here. */
  exist(): boolean {
    return this.made;
  }

  assignment(): Assignment | undefined {
    if (!this.made) return undefined;
    const [row] = this.storage.sql
      .exec<{ person: Ledger; version: number; leaving: string }>(
        'SELECT person, version, leaving FROM assignment WHERE id = 1',
      )
      .toArray();
    return row && { ...row, leaving: JSON.parse(row.leaving) };
  }

  saveAssignment({ person, version, leaving }: Assignment): void {
    this.make();
    this.storage.sql.exec(
      'INSERT OR REPLACE INTO assignment (id, person, version, leaving) VALUES (1, ?, ?, ?)',
      person,
      version,
      JSON.stringify(leaving),
    );
  }

  linked(ledger: Ledger): LinkedLedger | undefined {
    return this.rows('WHERE ledger = ?', ledger)[0];
  }

  /** The ledgers that are linked now, in the order of their names. */
  present(): (LinkedLedger & { readonly state: string })[] {
    return this.rows('WHERE state IS NOT NULL ORDER BY ledger').flatMap((row) =>
      row.state === null ? [] : [{ ...row, state: row.state }],
    );
  }

  saveLinked({ ledger, assignment, number, state, shared }: LinkedLedger): void {
    this.make();
    this.storage.sql.exec(
      'INSERT OR REPLACE INTO linked (ledger, assignment, number, state, shared) VALUES (?, ?, ?, ?, ?)',
      ledger,
      assignment,
      number,
      state,
      shared ?? null,
    );
    if (state !== null) return;
    this.storage.sql.exec(
      'DELETE FROM linked WHERE state IS NULL AND ledger NOT IN (SELECT ledger FROM linked WHERE state IS NULL ORDER BY assignment DESC LIMIT ?)',
      MAX_LEFT,
    );
  }

  private make(): void {
    migrate(this.storage, LINK_MIGRATIONS, LINK_MIGRATIONS.length, VERSION_KEY);
    this.made = true;
  }

  private rows(where: string, ...bindings: string[]): LinkedLedger[] {
    if (!this.made) return [];
    return this.storage.sql
      .exec<{ ledger: Ledger; assignment: number; number: number; state: string | null; shared: string | null }>(
        `SELECT ledger, assignment, number, state, shared FROM linked ${where}`,
        ...bindings,
      )
      .toArray();
  }
}
