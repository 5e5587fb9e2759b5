import type { RetiredSession } from '../../core/profile/apply-messages.ts';
import { DedupLog } from '../../core/profile/dedup-log.ts';
import { decodeState, encodeState } from '../../core/profile/encode-state.ts';
import { emptyState, type ProfileState } from '../../core/profile/state.ts';
import { migrate, migratedTo } from '../storage/migrate.ts';
import { SEGMENT_MIGRATIONS } from './schema.ts';

const SEGMENTS_KEY = 'segments_version';

/** What is kept of a profile between calls. */
export interface StoredProfile {
  state: ProfileState;
  /** Counts the batches that changed the state. */
  version: number;
  retired: RetiredSession[];
}

/** Reads and writes one profile in the object's SQLite: one row a batch, a second one each 256 events. */
export class ProfileStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = storage.sql;
  }

  /** The stored profile, or an empty one. Does not touch the dedup log: a read needs none of it. */
  load(): StoredProfile {
    const [row] = this.sql
      .exec<{ state: string; version: number; retired: string }>(
        'SELECT state, version, retired FROM profile WHERE id = 1',
      )
      .toArray();
    if (!row) return { state: emptyState(), version: 0, retired: [] };
    return { state: decodeState(row.state), version: row.version, retired: JSON.parse(row.retired) };
  }

  /** The dedup log; its size is what the ledger holds inside the horizon. */
  loadLog(): DedupLog {
    const segments = this.hasSegments()
      ? this.sql.exec<{ entries: ArrayBuffer }>('SELECT entries FROM dedup_segments ORDER BY segment').toArray()
      : [];
    const [row] = this.sql.exec<{ tail: ArrayBuffer }>('SELECT tail FROM profile WHERE id = 1').toArray();
    return new DedupLog(
      segments.map(({ entries }) => new Uint8Array(entries)),
      new Uint8Array(row?.tail ?? new ArrayBuffer(0)),
    );
  }

  /** Writes state and dedup log together: both statements run without an await between, so they land as one. */
  save({ state, version, retired }: StoredProfile, log: DedupLog): void {
    const sealed = log.seal();
    if (sealed) {
      migrate(this.storage, SEGMENT_MIGRATIONS, SEGMENT_MIGRATIONS.length, SEGMENTS_KEY);
      this.sql.exec(
        'INSERT INTO dedup_segments (newest_seconds, entries) VALUES (?, ?)',
        sealed.newestSeconds,
        bufferOf(sealed.entries),
      );
    }
    this.sql.exec(
      'INSERT OR REPLACE INTO profile (id, state, version, retired, tail) VALUES (1, ?, ?, ?, ?)',
      encodeState(state),
      version,
      JSON.stringify(retired),
      bufferOf(log.tail()),
    );
  }

  /** Forgets segments whose newest event is older than `beforeMs`. Returns how many went. */
  forgetSegments(beforeMs: number): number {
    if (!this.hasSegments()) return 0;
    return this.sql.exec('DELETE FROM dedup_segments WHERE newest_seconds < ?', Math.floor(beforeMs / 1000))
      .rowsWritten;
  }

  /** The newest event time of the oldest segment, ms since 1970; nothing when there is none. */
  oldestSegmentMs(): number | undefined {
    if (!this.hasSegments()) return undefined;
    const [row] = this.sql
      .exec<{ oldest: number | null }>('SELECT MIN(newest_seconds) AS oldest FROM dedup_segments')
      .toArray();
    return row?.oldest == null ? undefined : row.oldest * 1000;
  }

  private hasSegments(): boolean {
    return migratedTo(this.storage, SEGMENTS_KEY) > 0;
  }
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}
