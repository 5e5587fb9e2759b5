import { afterChange, type ChangeOutcome, type ItemChange } from '../../core/catalog/change.ts';
import type { Item } from '../../core/catalog/item.ts';
import { relatedTo } from '../../core/catalog/related.ts';
import { searchText, wordsOf } from '../../core/catalog/words.ts';
import { ArrivalLog } from './arrival-log.ts';

/** Products that a catalogue holds at most. */
export const MAX_ITEMS = 2_000_000;
/** Changes that who follows may be behind before he begins anew; rows of what is gone are kept as long. */
const FOLLOWED_CHANGES = 100_000;
/** Rows of what is gone that one call removes. */
const SWEPT_ROWS = 1_000;
/** Products that are looked at of each: those of a category, of a brand, with a word. */
const RELATED_ROWS = 150;
/** A word that so many products have tells little; how many words of a title are asked about, and how many of them are looked for. */
const COMMON_WORD = 1_000;
const WORDS_ASKED = 12;
const WORDS_TAKEN = 4;
/** Products that a search ranks; where more are found, the oldest come first. */
const RANKED_FOUND = 10_000;
/** Parameters of a statement: the platform takes a hundred. */
const IDS_AT_ONCE = 90;

interface Row {
  readonly [column: string]: SqlStorageValue;
  readonly id: string;
  readonly source: string;
  /** The product as JSON; empty when it is gone. */
  readonly content: string;
}

interface Counters {
  /** Number of the newest change, and of the newest one whose row is forgotten. */
  readonly change: number;
  readonly forgotten: number;
  /** Place behind the last product. */
  readonly position: number;
  /** Products that there are, and those of them that may be shown. */
  readonly items: number;
  readonly shown: number;
}

const NONE: Counters = { change: 0, forgotten: 0, position: 0, items: 0, shown: 0 };

/** What changed of a catalogue since a change: products by id, null for those that are gone or may not be shown. */
export interface CatalogChanges {
  readonly change: number;
  readonly items: { readonly id: string; readonly item: Item | null }[];
  /** Whether that is all; if not, nothing that is known can be relied on. */
  readonly complete: boolean;
}

/** The products in the object's SQLite. Every change has a number, so that isolates can follow. */
export class ItemStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;
  private readonly arrivals: ArrivalLog;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
    this.sql = storage.sql;
    this.arrivals = new ArrivalLog(storage);
  }

  counters(): Counters {
    return this.storage.kv.get<Counters>('counters') ?? NONE;
  }

  /** Makes changes, in order, in one transaction; what changes nothing writes nothing. `source` names who says so. */
  apply(changes: readonly ItemChange[], source: string, now: number): ChangeOutcome[] {
    return this.storage.transactionSync(() => {
      const known = this.rows(changes.map(idOf));
      const counters = { ...this.counters() };
      const { position } = counters;
      const outcomes = changes.map((change) => this.applyOne(change, known, counters, source));
      if (outcomes.includes('changed')) this.storage.kv.put('counters', this.sweep(counters));
      if (counters.position > position) this.arrivals.note(position, now);
      return outcomes;
    });
  }

  private applyOne(
    change: ItemChange,
    known: Map<string, Row>,
    counters: { -readonly [K in keyof Counters]: Counters[K] },
    source: string,
  ): ChangeOutcome {
    const id = idOf(change);
    const { content, source: saidBy } = known.get(id) ?? { content: '', source };
    const before = content === '' ? undefined : parse(content);
    const after = afterChange(before, change);
    if (after && 'fault' in after) return after;
    const next = after === null ? '' : JSON.stringify(after);
    // Who sends a product whole has it; who changes a part of it does not take it over.
    const owner = change.kind === 'put' ? source : saidBy;
    if (next === content) {
      if (owner !== saidBy) this.sql.exec('UPDATE items SET source = ? WHERE id = ?', owner, id);
      return 'same';
    }
    if (!before && counters.items >= MAX_ITEMS) return { fault: `the catalogue is full: it has ${MAX_ITEMS} products` };
    counters.change += 1;
    counters.items += (after ? 1 : 0) - (before ? 1 : 0);
    counters.shown += (after?.available ? 1 : 0) - (before?.available ? 1 : 0);
    this.write(id, counters, owner, before, after, next);
    if (after && !before) counters.position += 1;
    known.set(id, { id, source: owner, content: next });
    return 'changed';
  }

  private write(
    id: string,
    { change, position }: Counters,
    owner: string,
    before: Item | undefined,
    after: Item | null,
    content: string,
  ): void {
    const { number } = this.sql
      .exec<{ number: number }>(
        `INSERT INTO items (id, change, position, source, shown, category, brand, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET change = excluded.change, source = excluded.source, shown = excluded.shown,
           category = excluded.category, brand = excluded.brand, content = excluded.content,
           position = CASE WHEN content = '' THEN excluded.position ELSE position END
         RETURNING number`,
        ...[
          id,
          change,
          position,
          owner,
          after?.available ? 1 : 0,
          after?.category ?? null,
          after?.brand ?? null,
          content,
        ],
      )
      .one();
    const [had, has] = [before && searchText(before), after ? searchText(after) : undefined];
    if (had === has) return;
    if (had !== undefined) this.sql.exec('DELETE FROM found_by WHERE rowid = ?', number);
    if (has !== undefined) this.sql.exec('INSERT INTO found_by (rowid, words) VALUES (?, ?)', number, has);
  }

  /** Forgets what went long ago. */
  private sweep(counters: Counters): Counters {
    const until = counters.change - FOLLOWED_CHANGES;
    if (until <= counters.forgotten) return counters;
    const swept = this.sql
      .exec<{ change: number }>(
        `DELETE FROM items WHERE number IN (SELECT number FROM items WHERE content = '' AND change <= ? ORDER BY change LIMIT ?) RETURNING change`,
        until,
        SWEPT_ROWS,
      )
      .toArray();
    return swept.length === 0 ? counters : { ...counters, forgotten: Math.max(...swept.map(({ change }) => change)) };
  }

  /** The products of these ids, those too that may not be shown. */
  read(ids: readonly string[]): Item[] {
    return [...this.rows(ids).values()].flatMap(({ content }) => (content === '' ? [] : parse(content)));
  }

  /** The first products that may be shown, in the catalogue's order. */
  first(limit: number): Item[] {
    return this.sql
      .exec<Row>('SELECT content FROM items WHERE shown = 1 ORDER BY position LIMIT ?', limit)
      .toArray()
      .map(({ content }) => parse(content));
  }

  /** Products that may be shown and have come lately, the newest first. */
  newest(limit: number, now: number): Item[] {
    const from = this.arrivals.newFrom(now);
    if (from === undefined) return [];
    return this.sql
      .exec<Row>(
        'SELECT content FROM items WHERE shown = 1 AND position >= ? ORDER BY position DESC LIMIT ?',
        from,
        limit,
      )
      .toArray()
      .map(({ content }) => parse(content));
  }

  /** What changed after `since`, if it is no more than `limit`. */
  changesSince(since: number, limit: number): CatalogChanges {
    const { change, forgotten } = this.counters();
    const rows =
      since >= forgotten && since <= change
        ? this.sql
            .exec<Row>('SELECT id, content FROM items WHERE change > ? ORDER BY change LIMIT ?', since, limit + 1)
            .toArray()
        : undefined;
    if (!rows || rows.length > limit) return { change, items: [], complete: false };
    return {
      change,
      items: rows.map(({ id, content }) => {
        const item = content === '' ? null : parse(content);
        return { id, item: item?.available ? item : null };
      }),
      complete: true,
    };
  }

  /** Products that have all these words, the last as a beginning, best first (BM25, as SQLite's FTS5 has it). */
  search(text: string, limit: number): Item[] {
    const words = wordsOf(text);
    if (words.length === 0) return [];
    const query = words.map((word, at) => `"${word}"${at === words.length - 1 ? '*' : ''}`).join(' ');
    const fit = this.holders(query, RANKED_FOUND) < RANKED_FOUND ? 'rank' : 'rowid';
    return this.sql
      .exec<Row>(
        `SELECT content FROM (SELECT rowid, ${fit} AS fit FROM found_by WHERE found_by MATCH ? ORDER BY fit LIMIT ?) AS found
         JOIN items ON items.number = found.rowid WHERE content <> '' ORDER BY found.fit`,
        query,
        limit,
      )
      .toArray()
      .map(({ content }) => parse(content));
  }

  /** Products that may be shown and are alike to one, best first: see `relatedTo`. */
  related(id: string, limit: number): { readonly id: string; readonly score: number }[] {
    const [item] = this.read([id]);
    if (!item) return [];
    const found = new Map<string, Item>();
    const add = (rows: Iterable<Row>) => {
      for (const row of rows) found.set(row.id, parse(row.content));
    };
    for (const column of ['category', 'brand'] as const)
      add(
        this.sql.exec<Row>(
          `SELECT id, content FROM items WHERE ${column} = ? AND shown = 1 ORDER BY position DESC LIMIT ?`,
          item[column] ?? '',
          RELATED_ROWS,
        ),
      );
    const query = this.telling(wordsOf(item.title))
      .map((word) => `"${word}"`)
      .join(' OR ');
    if (query !== '')
      add(
        this.sql.exec<Row>(
          `SELECT id, content FROM (SELECT rowid FROM found_by WHERE found_by MATCH ? ORDER BY rank LIMIT ?) AS found
           JOIN items ON items.number = found.rowid WHERE shown = 1`,
          query,
          RELATED_ROWS,
        ),
      );
    return relatedTo(item, [...found.values()]).slice(0, limit);
  }

  /** Those of the words that some other product has too, and not so many that they tell little and take long to look at. */
  private telling(words: readonly string[]): string[] {
    return [...new Set(words)]
      .slice(0, WORDS_ASKED)
      .map((word) => ({ word, items: this.holders(`"${word}"`, COMMON_WORD) }))
      .filter(({ items }) => items > 1 && items < COMMON_WORD)
      .sort((a, b) => a.items - b.items)
      .slice(0, WORDS_TAKEN)
      .map(({ word }) => word);
  }

  /** How many products a query finds, counted to `most`: to count all of a common word's would take as long as to look at them. */
  private holders(query: string, most: number): number {
    return this.sql
      .exec<{ items: number }>(
        'SELECT COUNT(*) AS items FROM (SELECT rowid FROM found_by WHERE found_by MATCH ? LIMIT ?)',
        query,
        most,
      )
      .one().items;
  }

  /** Products after an id, in the order of ids. */
  page(after: string, limit: number): Item[] {
    return this.sql
      .exec<Row>("SELECT content FROM items WHERE id > ? AND content <> '' ORDER BY id LIMIT ?", after, limit)
      .toArray()
      .map(({ content }) => parse(content));
  }

  /** Ids of the products that a source said last, after an id, in their order. */
  idsOf(source: string, after: string, limit: number): string[] {
    return this.sql
      .exec<{ id: string }>(
        "SELECT id FROM items WHERE id > ? AND content <> '' AND source = ? ORDER BY id LIMIT ?",
        after,
        source,
        limit,
      )
      .toArray()
      .map(({ id }) => id);
  }

  private rows(ids: readonly string[]): Map<string, Row> {
    const found = new Map<string, Row>();
    for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
      const some = ids.slice(from, from + IDS_AT_ONCE);
      const marks = some.map(() => '?').join(',');
      for (const row of this.sql.exec<Row>(`SELECT id, source, content FROM items WHERE id IN (${marks})`, ...some))
        found.set(row.id, row);
    }
    return found;
  }
}

function idOf(change: ItemChange): string {
  return change.kind === 'put' ? change.item.id : change.id;
}

/** What was checked before it was written needs no second check at each read. */
function parse(content: string): Item {
  return JSON.parse(content) as Item;
}
