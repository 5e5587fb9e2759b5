import { rankerOf } from '../../core/recommend/check-ranker.ts';
import { type Block, decodeBlock } from '../../core/recommend/decode-block.ts';
import {
  collectLesson,
  type Lesson,
  lessonHead,
  lessonOf,
  type RankingQuestion,
} from '../../core/recommend/fit-ranker.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import { placeOf } from '../../core/recommend/placement.ts';
import { Scan, type Visitor } from '../../core/recommend/scan.ts';
import { inSlices, WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { readCurrent } from '../../stores/model/current-model.ts';
import { readRates } from '../../stores/model/item-rates.ts';
import { fitPrefix, questionsKey } from './begin-fit.ts';
import type { FitState } from './fit-state.ts';

/** Candidates of a slice: some milliseconds. */
const SLICE_PICKS = 2_000;

const rowsKey = (site: string, id: string) => `${fitPrefix(site)}${id}/rows`;
const headKey = (site: string, id: string) => `${fitPrefix(site)}${id}/rows.json`;

/** Asks a fit's questions of its lists and writes what there is to learn. */
export async function collectRows(
  env: Env,
  site: string,
  { id, blocks, facts, rates: ratesKey }: FitState,
): Promise<void> {
  const questions = await read(env, questionsKey(site, id)).then((object) => object.json<RankingQuestion[]>());
  const current = await readCurrent(env, site);
  const table = new ItemTable();
  const decoded: Block[][] = [];
  for (const keys of blocks) {
    const shard: Block[] = [];
    for (const key of keys) shard.push(decodeBlock(new Uint8Array(await (await read(env, key)).arrayBuffer()), table));
    decoded.push(shard);
  }
  const placement = { shards: blocks.length, blocks: blocks[0]?.length ?? 1 };
  const blockOf = (item: string) => {
    const { shard, block } = placeOf(item, placement);
    return decoded[shard]?.[block];
  };
  const scan = new Scan(table);
  const present = rankerOf({ site, ranker: current?.manifest.ranker }).trees;
  // Over all slots: a question comes from no slot.
  const rates = ratesKey === null ? undefined : await readRates(env, ratesKey);
  const known = { ...facts, ...(rates && { ratesOf: (item: string) => rates.of(item) }) };
  const run = (visitor: Visitor) => scan.run(visitor, blockOf, known);
  const lesson = await inSlices(collectLesson({ scan, run }, questions, present), new WorkSlice(SLICE_PICKS, rest));
  await env.MODELS.put(rowsKey(site, id), lesson.rows.toBytes());
  await env.MODELS.put(headKey(site, id), JSON.stringify(lessonHead(lesson)));
}

/** What `collectRows` wrote. */
export async function readLesson(env: Env, site: string, { id }: FitState): Promise<Lesson> {
  const head = await (await read(env, headKey(site, id))).json<ReturnType<typeof lessonHead>>();
  return lessonOf(head, new Uint8Array(await (await read(env, rowsKey(site, id))).arrayBuffer()));
}

async function read(env: Env, key: string): Promise<R2ObjectBody> {
  const object = await env.MODELS.get(key);
  if (!object) throw new Error(`${key} is missing`);
  return object;
}
