import { bufferOf } from '../../core/buffer-of.ts';
import type { RetiredSession } from '../../core/profile/apply-messages.ts';
import { DedupLog } from '../../core/profile/dedup-log.ts';
import { decodeState, encodeState } from '../../core/profile/encode-state.ts';
import { emptyState, type ProfileState } from '../../core/profile/state.ts';
import { decodeFollowing, encodeFollowing } from '../../core/segments/encode-following.ts';
import { emptyFollowing, type Following } from '../../core/segments/person.ts';
import { migrate, migratedTo } from '../storage/migrate.ts';
import { PAGE_MIGRATIONS, PROFILE_KEY } from './schema.ts';

const PAGES_KEY = 'pages_version';

/** What is kept of a profile between calls. */
export interface StoredProfile {
  state: ProfileState;
  /** Counts the batches that changed the state. */
  version: number;
  retired: RetiredSession[];
  /** Attributes and segments. */
  following: Following;
}

/** The value as it is stored; a reader refuses what is newer than it knows. */
interface StoredValue {
  readonly v: 1;
  /** As `encodeState` writes it. */
  readonly state: string;
  readonly version: number;
  readonly retired: RetiredSession[];
  /** The open end of the dedup log. */
  readonly tail: Uint8Array;
  /** As `encodeFollowing` writes it; most profiles have none. */
  readonly following?: string | undefined;
}

/** Reads and writes one profile in the object's storage: one row a batch, a second one each 256 events. */
export class ProfileStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = storage.sql;
  }

  /** The stored profile, or an empty one. Does not touch the dedup log: a read needs none of it. */
  load(): StoredProfile {
    const value = this.value();
    if (!value) return { state: emptyState(), version: 0, retired: [], following: emptyFollowing() };
    const { version, retired } = value;
    return { state: decodeState(value.state), version, retired, following: decodeFollowing(value.following) };
  }

  /** The dedup log; its size is what the ledger holds inside the horizon. */
  loadLog(): DedupLog {
    const pages = this.hasPages()
      ? this.sql.exec<{ entries: ArrayBuffer }>('SELECT entries FROM dedup_pages ORDER BY page').toArray()
      : [];
    return new DedupLog(
      pages.map(({ entries }) => new Uint8Array(entries)),
      this.value()?.tail ?? new Uint8Array(0),
    );
  }

  /** Writes state and dedup log together: both run without an await between, so they land as one. */
  save({ state, version, retired, following }: StoredProfile, log: DedupLog): void {
    const sealed = log.seal();
    if (sealed) {
      migrate(this.storage, PAGE_MIGRATIONS, PAGE_MIGRATIONS.length, PAGES_KEY);
      this.sql.exec(
        'INSERT INTO dedup_pages (newest_seconds, entries) VALUES (?, ?)',
        sealed.newestSeconds,
        bufferOf(sealed.entries),
      );
    }
    const followed = encodeFollowing(following);
    const value: StoredValue = {
      v: 1,
      state: encodeState(state),
      version,
      retired,
      tail: log.tail(),
      ...(followed !== undefined && { following: followed }),
    };
    this.storage.kv.put(PROFILE_KEY, value);
  }

  /** Forgets pages whose newest event is older than `beforeMs`. Returns how many went. */
  forgetPages(beforeMs: number): number {
    if (!this.hasPages()) return 0;
    return this.sql.exec('DELETE FROM dedup_pages WHERE newest_seconds < ?', Math.floor(beforeMs / 1000)).rowsWritten;
  }

  /** The newest event time of the oldest page, ms since 1970; nothing when there is none. */
  oldestPageMs(): number | undefined {
    if (!this.hasPages()) return undefined;
    const [row] = this.sql
      .exec<{ oldest: number | null }>('SELECT MIN(newest_seconds) AS oldest FROM dedup_pages')
      .toArray();
    return row?.oldest == null ? undefined : row.oldest * 1000;
  }

  private value(): StoredValue | undefined {
    const value = this.storage.kv.get<StoredValue>(PROFILE_KEY);
    if (value && value.v !== 1) throw new Error(`the stored profile has version ${value.v}, this code reads 1`);
    return value;
  }

  private hasPages(): boolean {
    return migratedTo(this.storage, PAGES_KEY) > 0;
  }
}
