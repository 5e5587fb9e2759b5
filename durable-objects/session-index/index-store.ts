import { ItemSessions } from '../../core/recommend/item-sessions.ts';
import type { SessionUpdate } from '../../core/recommend/session-update.ts';

/** Characters of a checkpoint row; a row may have 2 MB. */
const CHUNK_LENGTH = 500_000;

interface Checkpoint {
  sessions: SessionUpdate[];
  counts: [string, number][];
}

/** The index in the object's SQLite: a checkpoint in large rows and a journal of what came after, one row a call. */
export class IndexStore {
  private readonly sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.sql = storage.sql;
  }

  /** The stored index, for the items that `owns` names. */
  load(owns: (item: string) => boolean): ItemSessions {
    const index = new ItemSessions(owns);
    const counts = new Map<string, number>();
    for (const { content } of this.sql.exec<{ content: string }>('SELECT content FROM checkpoint ORDER BY chunk')) {
      const chunk: Checkpoint = JSON.parse(content);
      for (const session of chunk.sessions) index.upsert(session);
      for (const [item, count] of chunk.counts) counts.set(item, count);
    }
    for (const [item, count] of counts) index.counts.set(item, count);
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

  /** Folds the journal into the checkpoint. The caller runs it in one transaction. */
  checkpoint(index: ItemSessions): void {
    this.sql.exec('DELETE FROM checkpoint');
    this.sql.exec('DELETE FROM journal');
    let chunk: Checkpoint = { sessions: [], counts: [] };
    let length = 0;
    let number = 0;
    const flush = () => {
      this.sql.exec('INSERT INTO checkpoint (chunk, content) VALUES (?, ?)', number, JSON.stringify(chunk));
      number += 1;
      chunk = { sessions: [], counts: [] };
      length = 0;
    };
    for (const session of index.sessions.values()) {
      chunk.sessions.push(session);
      length += 64 + session.items.reduce((sum, item) => sum + item.length + 3, 0);
      if (length > CHUNK_LENGTH) flush();
    }
    for (const entry of index.counts) {
      chunk.counts.push(entry);
      length += entry[0].length + 16;
      if (length > CHUNK_LENGTH) flush();
    }
    flush();
  }
}
