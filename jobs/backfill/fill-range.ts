import { encodeAttributes } from '../../core/attributes/encode-attributes.ts';
import { overHistory } from '../../core/attributes/fill-attribute.ts';
import { foldAttributes } from '../../core/attributes/fold-attribute.ts';
import type { AttributeStates } from '../../core/attributes/state.ts';
import { allows } from '../../core/consent/allows.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { eventOf, type LakeRow } from '../../core/lake/columns.ts';
import { type HashRange, hashRange } from '../../core/lake/hash-range.ts';
import { isHistory } from '../../core/lake/history.ts';

import { wholeSecond } from '../../core/profile/dedup-log.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';
import { ERASED_COLUMNS, erasedSince, isErasedRow } from '../../stores/lake/erased.ts';
import { readLedgers } from '../../stores/lake/parquet-files.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import type { HistoryRead } from './plan-read.ts';

/** Files that are fetched at once, and profiles that are called. */
const FILES_AT_ONCE = 6;
const CALLS_AT_ONCE = 32;
/** Rows that are looked at before requests run. */
const SLICE_ROWS = 500;
/** What attributes may look at, and what says whose an event is and whether it counts. */
const COLUMNS = [
  ...ERASED_COLUMNS,
  'event_id',
  'type',
  'ledger',
  'message_id',
  'consent',
  'referrer_host',
  'properties',
  'context',
  ...['source', 'medium', 'campaign', 'term', 'content'].map((name) => `utm_${name}`),
];

/** The history of a ledger. */
interface LedgerHistory {
  readonly states: AttributeStates;
  /** For each attribute, the events of the ledger that its profile remembers still, of whatever type. */
  readonly counted: number[];
}

/**
 * Folds the history of a range of ledgers and gives it to their profiles. Returns how many attributes of profiles have been filled, and how
 * many ledgers have counted what the lake does not hold.
 *
 * @param accept fills those too.
 */
export async function fillRange(
  env: Env,
  site: string,
  read: HistoryRead,
  { range, ranges, accept }: { readonly range: number; readonly ranges: number; readonly accept: boolean },
): Promise<{ readonly filled: number; readonly behind: number }> {
  const { attributes, countFrom } = read;
  const readAt = Date.now();
  const ledgers = await readHistories(env, site, read, hashRange(range, ranges));
  const due = [...ledgers].filter(([, { states }]) => states.size > 0);
  let filled = 0;
  let behind = 0;
  for (let start = 0; start < due.length; start += CALLS_AT_ONCE) {
    // Each time: a profile takes nothing from who has not heard for a while.
    const definitions = await siteDefinitions(env, site);
    if (!definitions) throw new Error('nobody can say what is defined');
    const outcomes = await Promise.all(
      due.slice(start, start + CALLS_AT_ONCE).map(([ledger, { states, counted }]) =>
        profileStub(env, site, ledger).fillHistory({
          v: 1,
          definitions,
          readAt,
          from: countFrom,
          states: encodeAttributes(states),
          attributes: attributes.flatMap(({ name, version }, index) =>
            states.has(name) ? { name, version, events: counted[index] ?? 0 } : [],
          ),
          accept,
        }),
      ),
    );
    filled += outcomes.flat().filter((outcome) => outcome === 'filled').length;
    behind += outcomes.filter((of) => of.includes('behind')).length;
  }
  return { filled, behind };
}

async function readHistories(
  env: Env,
  site: string,
  { attributes, partitions, countFrom }: HistoryRead,
  hashes: HashRange,
): Promise<ReadonlyMap<Ledger, LedgerHistory>> {
  const writtenAt = partitions.reduce((least, partition) => Math.min(least, partition.writtenAt), Date.now());
  const erased = await erasedSince(env, site, writtenAt);
  const history = attributes.map(overHistory);
  const found = new Map<Ledger, LedgerHistory>();
  const slice = new WorkSlice(SLICE_ROWS, rest);
  const take = (row: LakeRow) => {
    if (isErasedRow(erased, row) || isHistory({ messageId: String(row.message_id) })) return;
    const ledger = String(row.ledger) as Ledger;
    const of = found.get(ledger) ?? { states: new Map(), counted: attributes.map(() => 0) };
    found.set(ledger, of);
    const second = wholeSecond(Number(row.time));
    for (const [index, { since }] of attributes.entries())
      if (second >= countFrom && second < since) of.counted[index] = (of.counted[index] ?? 0) + 1;
    const event = eventOf(site, row);
    if (allows(event, 'personalization')) foldAttributes(of.states, history, event);
  };
  const files = partitions.flatMap((partition) => partition.files);
  for (let start = 0; start < files.length; start += FILES_AT_ONCE) {
    const some = files.slice(start, start + FILES_AT_ONCE);
    for (const rows of await Promise.all(some.map(({ key }) => readLedgers(env, key, hashes, COLUMNS))))
      for (const row of rows) {
        take(row);
        if (slice.spend(1)) await slice.pause();
      }
  }
  return found;
}
