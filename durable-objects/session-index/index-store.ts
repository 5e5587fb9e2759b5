import { type IndexCounts, ItemSessions } from '../../core/recommend/item-sessions.ts';
import type { SessionUpdate } from '../../core/recommend/session-update.ts';
import type { WorkSlice } from '../../core/work-slice.ts';

/** Characters of a checkpoint row; a row may have 2 MB. Writing one takes some milliseconds. */
const CHUNK_LENGTH = 250_000;
/** Rows that one checkpoint may have: chunks are numbered from its generation times this. */
const GENERATION_CHUNKS = 1_000_000;

interface Checkpoint extends IndexCounts {
  readonly sessions: SessionUpdate[];
}

/** Numbers of changes: what the checkpoint holds, and what the model that serves holds; and which rows are the checkpoint. */
interface Progress {
  readonly folded: number;
  readonly published: number;
  readonly generation?: number;
}

/** The index in the object's SQLite: a checkpoint in large rows and the changes that came after, one row a call. */
export class IndexStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;
  /** The fold that runs, and the one after it, for all who ask while it does. */
  private running: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = storage.sql;
  }

  /** The stored index, for the items that `owns` names. */
  load(owns: (item: string) => boolean): ItemSessions {
    const index = new ItemSessions(owns);
    const stored: IndexCounts = { counts: [], hours: [] };
    const from = this.generation() * GENERATION_CHUNKS;
    const rows = this.sql.exec<{ content: string }>(
      'SELECT content FROM checkpoint WHERE chunk >= ? AND chunk < ? ORDER BY chunk',
      from,
      from + GENERATION_CHUNKS,
    );
    for (const { content } of rows) {
      const chunk: Checkpoint = JSON.parse(content);
      for (const session of chunk.sessions) index.upsert(session);
      stored.counts.push(...chunk.counts);
      stored.hours.push(...chunk.hours);
    }
    index.restoreCounts(stored);
    for (const { sessions } of this.sql.exec<{ sessions: string }>('SELECT sessions FROM changes ORDER BY seq')) {
      for (const session of JSON.parse(sessions) as SessionUpdate[]) index.upsert(session);
    }
    return index;
  }

  append(sessions: readonly SessionUpdate[]): void {
    this.sql.exec('INSERT INTO changes (sessions) VALUES (?)', JSON.stringify(sessions));
  }

  /** Rows that the checkpoint does not hold: how much a wake-up has to play. */
  changeRows(): number {
    return this.sql.exec<{ rows: number }>('SELECT COUNT(*) AS rows FROM changes').one().rows;
  }

  /** Number of the newest change. */
  newest(): number {
    const { seq } = this.sql.exec<{ seq: number | null }>('SELECT MAX(seq) AS seq FROM changes').one();
    return seq ?? this.progress().folded;
  }

  /** Number of the newest change that is in the model that serves. */
  published(): number {
    return this.progress().published;
  }

  markPublished(published: number): void {
    this.storage.kv.put('progress', { ...this.progress(), published } satisfies Progress);
  }

  /**
   * Folds the changes into a new checkpoint, which then holds all that the index holds now. One at a time: who asks while one runs, which may have begun
   * before his change, waits for the next, and all who ask meanwhile for the same one.
   */
  fold(index: ItemSessions, slice: () => WorkSlice): Promise<void> {
    if (!this.running) {
      this.running = this.foldNow(index, slice()).finally(() => {
        this.running = undefined;
      });
      return this.running;
    }
    // Also where the one that runs fails: its failure is told to those who wait for it.
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        return this.fold(index, slice);
      });
    return this.next;
  }

  /** Row by row with others running between, and made the current one in one transaction. What comes meanwhile stays a change; one that dies changes nothing. */
  private async foldNow(index: ItemSessions, slice: WorkSlice): Promise<void> {
    const folded = this.newest();
    const generation = this.generation() + 1;
    // As it is now: counts that changes add to must not hold those changes already.
    const parts: Parameters<typeof chunksOf> = [[...index.sessions.values()], [...index.counts], index.hours.entries()];
    const from = generation * GENERATION_CHUNKS;
    this.sql.exec('DELETE FROM checkpoint WHERE chunk >= ?', from);
    let number = from;
    for (const chunk of chunksOf(...parts)) {
      const content = JSON.stringify(chunk);
      this.sql.exec('INSERT INTO checkpoint (chunk, content) VALUES (?, ?)', number, content);
      number += 1;
      if (slice.spend(content.length)) await slice.pause();
    }
    this.storage.transactionSync(() => {
      this.storage.kv.put('progress', { ...this.progress(), folded, generation } satisfies Progress);
      this.sql.exec('DELETE FROM checkpoint WHERE chunk < ?', from);
      this.sql.exec('DELETE FROM changes WHERE seq <= ?', folded);
    });
  }

  private generation(): number {
    return this.progress().generation ?? 0;
  }

  private progress(): Progress {
    return this.storage.kv.get<Progress>('progress') ?? { folded: 0, published: 0 };
  }
}

/** An index in chunks of bounded length; the last one may be empty, so that a checkpoint always has a row. */
function* chunksOf(
  sessions: readonly SessionUpdate[],
  counts: IndexCounts['counts'],
  hours: IndexCounts['hours'],
): Generator<Checkpoint> {
  let chunk: Checkpoint = { sessions: [], counts: [], hours: [] };
  let length = 0;
  const isFull = (by: number) => {
    length += by;
    return length > CHUNK_LENGTH;
  };
  const next = () => {
    const full = chunk;
    chunk = { sessions: [], counts: [], hours: [] };
    length = 0;
    return full;
  };
  for (const session of sessions) {
    chunk.sessions.push(session);
    if (isFull(64 + session.items.reduce((sum, item) => sum + item.length + 3, 0))) yield next();
  }
  for (const entry of counts) {
    chunk.counts.push(entry);
    if (isFull(entry[0].length + 16)) yield next();
  }
  for (const entry of hours) {
    chunk.hours.push(entry);
    if (isFull(entry[0].length + 16 + entry[1].length * 16)) yield next();
  }
  yield next();
}
