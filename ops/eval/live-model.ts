import { type Block, layOutSessions } from '../../core/recommend/decode-block.ts';
import { ItemTable } from '../../core/recommend/item-table.ts';
import { Scorer } from '../../core/recommend/scorer.ts';
import { ITEMS_PER_SESSION, SESSIONS_PER_ITEM } from '../../core/recommend/session-update.ts';
import { type AskedModel, SESSION_SECONDS } from './model.ts';

/** The newest share of sessions that the trend looks at. */
const RECENT_SHARE = 0.05;

/** A model that learns: after each session's questions `learn` lets it in. */
export interface LiveModel extends AskedModel {
  learn(): void;
}

/**
 * A model of all sessions, oldest first, of which the first `known` are in. What `learn` would insert stands in the lists already, in front of
 * where they begin: to let a session in is to move the beginnings of its items' lists, so that tens of thousands take a moment.
 */
export function liveModel(sessions: readonly (readonly string[])[], known: number): LiveModel {
  const table = new ItemTable();
  const cut = sessions.map((items) => items.slice(-ITEMS_PER_SESSION).map((item) => table.enter(item, 0, 0)));
  const distinct = cut.map((items) => [...new Set(items)]);
  const whole = wholeLists(distinct, table.size);
  const listStarts = whole.starts.slice();
  const listEnds = new Uint32Array(table.size);
  const counts = new Uint32Array(table.size);
  const recents = new Uint32Array(table.size);
  const items = cut.flat();
  const block: Block = {
    bytes: 0,
    places: new Map(Array.from({ length: table.size }, (_, number) => [number, number])),
    listStarts,
    listEnds,
    lists: whole.lists,
    ...layOutSessions(
      cut.map(({ length }) => length),
      [...cut.keys()],
      Array.from(cut.keys(), (session) => session * SESSION_SECONDS),
      (at) => items[at] as number,
    ),
  };
  const facts = { sessions: 0, recentShare: RECENT_SHARE, newestSeconds: 0 };
  const place = (item: number) => {
    listEnds[item] = Math.min((listStarts[item] as number) + SESSIONS_PER_ITEM, whole.starts[item + 1] as number);
    table.count(item, counts[item] as number, recents[item] as number);
  };
  // Lists are newest first: what is not in yet stands before what is.
  for (const items of distinct) for (const item of items) listStarts[item] = (listStarts[item] as number) + 1;
  const learn = () => {
    const session = facts.sessions;
    const old = Math.floor(session * (1 - RECENT_SHARE));
    for (const item of distinct[session] ?? []) {
      listStarts[item] = (listStarts[item] as number) - 1;
      counts[item] = (counts[item] as number) + 1;
      recents[item] = (recents[item] as number) + 1;
    }
    const left = Math.floor((session + 1) * (1 - RECENT_SHARE)) > old ? (distinct[old] ?? []) : [];
    for (const item of left) recents[item] = (recents[item] as number) - 1;
    for (const item of [...(distinct[session] ?? []), ...left]) place(item);
    facts.sessions += 1;
    facts.newestSeconds = session * SESSION_SECONDS;
  };
  while (facts.sessions < known) learn();
  const countOf = (item: string) => counts[table.numberOf(item) ?? -1] ?? 0;
  return {
    scorer: new Scorer(table),
    facts,
    blockOf: () => block,
    countOf,
    items: counts.filter(Boolean).length,
    learn,
  };
}

/** For each item all sessions that hold it, newest first. */
function wholeLists(distinct: readonly (readonly number[])[], items: number) {
  const sizes = new Uint32Array(items);
  for (const list of distinct) for (const item of list) sizes[item] = (sizes[item] as number) + 1;
  const starts = Uint32Array.from([0, ...sizes].map(sum()));
  const filled = starts.slice();
  const lists = new Uint32Array(starts.at(-1) as number);
  for (let session = distinct.length - 1; session >= 0; session -= 1)
    for (const item of distinct[session] ?? []) {
      lists[filled[item] as number] = session;
      filled[item] = (filled[item] as number) + 1;
    }
  return { starts, lists };
}

function sum(): (value: number) => number {
  let all = 0;
  return (value) => {
    all += value;
    return all;
  };
}
