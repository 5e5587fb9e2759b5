import { type Block, decodeBlock } from '../../core/recommend/decode-block.ts';
import { encodeBlock } from '../../core/recommend/encode-block.ts';
import { recentSessions } from '../../core/recommend/hourly-counts.ts';
import { ItemSessions } from '../../core/recommend/item-sessions.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import { groupIntoBlocks, placeOf } from '../../core/recommend/placement.ts';
import type { ModelFacts } from '../../core/recommend/scan.ts';
import { Scorer } from '../../core/recommend/scorer.ts';
import { ITEMS_PER_SESSION } from '../../core/recommend/session-update.ts';
import { HOUR_MS } from '../../core/time.ts';
import type { LogSession } from './read-log.ts';

/** The evaluated model: one shard in 32 blocks of under a megabyte. */
const PARTITION = { shards: 1, blocks: 32 };
/** Sessions end so far apart, so that only their order counts. */
export const SESSION_SECONDS = 20;

/** A model that can be asked, as a read asks it. */
export interface AskedModel {
  readonly scorer: Scorer;
  readonly facts: ModelFacts;
  readonly blockOf: (item: string) => Block | undefined;
  /** Sessions that hold an item. */
  readonly countOf: (item: string) => number;
  /** Items that any session holds. */
  readonly items: number;
}

/** A frozen model, made with the code that serves. */
export interface EvalModel extends AskedModel {
  /** Bytes of all blocks. */
  readonly bytes: number;
}

/** Builds the index of the sessions, oldest first, encodes its blocks and decodes them again. */
export function buildModel(sessions: readonly LogSession[]): EvalModel {
  const index = new ItemSessions();
  const ended = new Map<number, number>();
  for (const [at, { s, items }] of sessions.entries()) {
    const endedAt = at * SESSION_SECONDS * 1_000;
    index.upsert({ id: s, version: 1, endedAt, items: items.slice(-ITEMS_PER_SESSION) });
    const hour = Math.floor(endedAt / HOUR_MS);
    ended.set(hour, (ended.get(hour) ?? 0) + 1);
  }
  const recent = recentSessions(ended, sessions.length);
  const countOf = (item: string) => index.counts.get(item) ?? 1;
  const encoded = groupIntoBlocks(index.lists, PARTITION).map((lists) =>
    encodeBlock(lists, (item) => ({ sessions: countOf(item), recent: index.hours.since(item, recent.sinceHour) })),
  );
  const table = new ItemTable();
  const blocks = encoded.map((bytes) => decodeBlock(bytes, table));
  return {
    scorer: new Scorer(table),
    facts: {
      sessions: sessions.length,
      recentShare: recent.sessions / Math.max(1, sessions.length),
      newestSeconds: (sessions.length - 1) * SESSION_SECONDS,
    },
    blockOf: (item) => blocks[placeOf(item, PARTITION).block],
    bytes: encoded.reduce((sum, { byteLength }) => sum + byteLength, 0),
    countOf: (item) => index.counts.get(item) ?? 0,
    items: index.counts.size,
  };
}
