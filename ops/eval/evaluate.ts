import { decodeBlock } from '../../core/recommend/decode-block.ts';
import { encodeBlock } from '../../core/recommend/encode-block.ts';
import { ItemSessions } from '../../core/recommend/item-sessions.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import { groupIntoBlocks, placeOf } from '../../core/recommend/placement.ts';
import { Scorer } from '../../core/recommend/scorer.ts';
import { ITEMS_PER_SESSION } from '../../core/recommend/session-update.ts';
import type { LogSession, Question } from './read-log.ts';

/** Quality over all questions, µs a query, bytes of all blocks. */
export interface Report {
  readonly hr10: number;
  readonly mrr10: number;
  readonly hr20: number;
  readonly mrr20: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly modelBytes: number;
}

/** One line of an answer file, best first. */
export interface Answer {
  readonly q: string | number;
  readonly recs: string[];
}

/** The evaluated model: one shard in 32 blocks of under a megabyte. */
const PARTITION = { shards: 1, blocks: 32 };
const LIMIT = 20;
const WARM_UP = 2_000;

/**
 * Builds the index from the sessions with the code that serves (cut, encoded blocks, scorer), then asks the questions of the
 * frozen model.
 */
export async function evaluate(
  sessions: AsyncIterable<LogSession>,
  questions: AsyncIterable<Question>,
  onAnswer: (answer: Answer) => void,
): Promise<Report> {
  const index = new ItemSessions();
  let sessionCount = 0;
  for await (const { s, items } of sessions) {
    index.upsert({ id: s, version: 1, endedAt: sessionCount * 1000, items: items.slice(-ITEMS_PER_SESSION) });
    sessionCount += 1;
  }
  const encoded = groupIntoBlocks(index.lists, PARTITION).map((lists) =>
    encodeBlock(lists, (item) => index.counts.get(item) ?? 1),
  );
  const table = new ItemTable();
  const blocks = encoded.map((bytes) => decodeBlock(bytes, table));
  const scorer = new Scorer(table);
  const blockOf = (item: string) => blocks[placeOf(item, PARTITION).block];
  const asked: Question[] = [];
  for await (const question of questions) asked.push(question);
  for (const { prefix } of asked.slice(0, WARM_UP)) scorer.score(prefix, blockOf, sessionCount, LIMIT);
  const micros = new Float64Array(asked.length);
  const sums = { hr10: 0, mrr10: 0, hr20: 0, mrr20: 0 };
  for (const [at, { q, prefix, target }] of asked.entries()) {
    const startedAt = performance.now();
    const scored = scorer.score(prefix, blockOf, sessionCount, LIMIT);
    micros[at] = (performance.now() - startedAt) * 1000;
    const rank = scored.findIndex(({ item }) => item === target) + 1;
    if (rank > 0) {
      sums.hr20 += 1;
      sums.mrr20 += 1 / rank;
      if (rank <= 10) {
        sums.hr10 += 1;
        sums.mrr10 += 1 / rank;
      }
    }
    onAnswer({ q, recs: scored.map(({ item }) => item) });
  }
  micros.sort();
  const share = (sum: number) => Math.round((sum / asked.length) * 1e5) / 1e5;
  const percentile = (p: number) => Math.round((micros[Math.floor(asked.length * p)] ?? 0) * 10) / 10;
  return {
    hr10: share(sums.hr10),
    mrr10: share(sums.mrr10),
    hr20: share(sums.hr20),
    mrr20: share(sums.mrr20),
    p50Us: percentile(0.5),
    p99Us: percentile(0.99),
    modelBytes: encoded.reduce((sum, { byteLength }) => sum + byteLength, 0),
  };
}
