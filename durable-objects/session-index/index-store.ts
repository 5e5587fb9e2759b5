import { type IndexCounts, ItemSessions } from '../../core/recommend/item-sessions.ts';
import type { SessionUpdate } from '../../core/recommend/session-update.ts';

/** Characters of a checkpoint row; a row may have 2 MB. */
const CHUNK_LENGTH = 500_000;

interface Checkpoint extends IndexCounts {
  readonly sessions: SessionUpdate[];
}

/** Journal numbers: what the checkpoint holds, and what the model that serves holds. */
interface Progress {
  readonly folded: number;
  readonly published: number;
}

/** The index in the object's SQLite: a checkpoint in large rows and a journal of what came after, one row a call. */
export class IndexStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = storage.sql;
  }

  /** The stored index, for the items that `owns` names. */
  load(owns: (item: string) => boolean): ItemSessions {
    const index = new ItemSessions(owns);
    const stored: IndexCounts = { counts: [], hours: [] };
    for (const { content } of this.sql.exec<{ content: string }>('SELECT content FROM checkpoint ORDER BY chunk')) {
      const chunk: Checkpoint = JSON.parse(content);
      for (const session of chunk.sessions) index.upsert(session);
      stored.counts.push(...chunk.counts);
      stored.hours.push(...chunk.hours);
    }
    index.restoreCounts(stored);
    for (const { sessions } of this.sql.exec<{ sessions: string }>('SELECT sessions FROM journal ORDER BY seq')) {
      for (const session of JSON.parse(sessions) as SessionUpdate[]) index.upsert(session);
    }
    return index;
  }

  append(sessions: readonly SessionUpdate[]): void {
    this.sql.exec('INSERT INTO journal (sessions) VALUES (?)', JSON.stringify(sessions));
  }

  /** Rows of the journal: how much a wake-up has to play. */
  journalRows(): number {
    return this.sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM journal').one().rows;
  }

  /** Number of the newest change. */
  newest(): number {
    const { seq } = this.sql.exec<{ seq: number | null }>('SELECT MAX(seq) AS seq FROM journal').one();
    return seq ?? this.progress().folded;
  }

  /** Number of the newest change that is in the model that serves. */
  published(): number {
    return this.progress().published;
  }

  markPublished(published: number): void {
    this.storage.kv.put('progress', { ...this.progress(), published } satisfies Progress);
  }

  /** Folds the journal into the checkpoint. The caller runs it in one transaction. */
  checkpoint(index: ItemSessions): void {
    this.storage.kv.put('progress', { ...this.progress(), folded: this.newest() } satisfies Progress);
    this.sql.exec('DELETE FROM checkpoint');
    this.sql.exec('DELETE FROM journal');
    let chunk: Checkpoint = { sessions: [], counts: [], hours: [] };
    let length = 0;
    let number = 0;
    const flush = () => {
      this.sql.exec('INSERT INTO checkpoint (chunk, content) VALUES (?, ?)', number, JSON.stringify(chunk));
      number += 1;
      chunk = { sessions: [], counts: [], hours: [] };
      length = 0;
    };
    const grow = (by: number) => {
      length += by;
      if (length > CHUNK_LENGTH) flush();
    };
    for (const session of index.sessions.values()) {
      chunk.sessions.push(session);
      grow(64 + session.items.reduce((sum, item) => sum + item.length + 3, 0));
    }
    for (const entry of index.counts) {
      chunk.counts.push(entry);
      grow(entry[0].length + 16);
    }
    for (const entry of index.hours.entries()) {
      chunk.hours.push(entry);
      grow(entry[0].length + 16 + entry[1].length * 16);
    }
    flush();
  }

  private progress(): Progress {
    return this.storage.kv.get<Progress>('progress') ?? { folded: 0, published: 0 };
  }
}
