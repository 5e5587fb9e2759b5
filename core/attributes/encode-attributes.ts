import type { EnrichedEvent } from '../events/message.ts';
import type { AttributeEntry, AttributeState, AttributeStates, Scalar } from './state.ts';

/** The version of the stored form; a reader refuses what is newer than it knows. */
const ATTRIBUTES_VERSION = 1;

/** Integers beyond 2^53 stand as text, since JSON's numbers would round them. */
type StoredInteger = number | string;
/** Sorted, each key as its distance from the one before. */
type StoredTotals = (number | StoredInteger)[];
type StoredState =
  | ['t', newestAt: number, minutes: StoredTotals, hours: StoredTotals]
  | ['d', newestAt: number, values: [hash: string, minute: number][], beyond: StoredBeyond | null]
  | ['l', newestAt: number, key: string, value: Scalar];
type StoredBeyond = [minute: number, sketch: [register: number, ...entries: [minute: number, rank: number][]][]];

type StoredEntry = [
  name: string,
  version: number,
  state: StoredState,
  from?: number | null,
  held?: readonly EnrichedEvent[],
];

interface StoredAttributes {
  v: number;
  attributes: StoredEntry[];
}

/** The states as text: equal states give equal bytes, since everything that has no order of its own is sorted. */
export function encodeAttributes(states: AttributeStates): string {
  const stored: StoredAttributes = {
    v: ATTRIBUTES_VERSION,
    attributes: [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, entry]) => storeEntry(name, entry)),
  };
  return JSON.stringify(stored);
}

/** Reads what `encodeAttributes` wrote. Throws when it was written by a newer version. */
export function decodeAttributes(text: string): AttributeStates {
  const stored: StoredAttributes = JSON.parse(text);
  if (stored.v !== ATTRIBUTES_VERSION)
    throw new Error(`attributes have version ${stored.v}, this code reads ${ATTRIBUTES_VERSION}`);
  return new Map(
    stored.attributes.map(([name, version, state, from, held]) => [
      name,
      { version, state: loadState(state), ...(from != null && { from }), ...(held && { held }) },
    ]),
  );
}

function storeEntry(name: string, { version, state, from, held }: AttributeEntry): StoredEntry {
  const stored = storeState(state);
  if (held) return [name, version, stored, from ?? null, held];
  return from === undefined ? [name, version, stored] : [name, version, stored, from];
}

function storeState(state: AttributeState): StoredState {
  if (state.kind === 'last') return ['l', state.last.newestAt, state.last.key, state.last.value];
  if (state.kind === 'totals') {
    const { newestAt, minutes, hours } = state.totals;
    return ['t', newestAt, storeTotals(minutes), storeTotals(hours)];
  }
  const { newestAt, values, beyond } = state.values;
  const sketch = beyond && [...beyond.sketch].sort(([a], [b]) => a - b);
  return [
    'd',
    newestAt,
    [...values].sort(([a], [b]) => (a < b ? -1 : 1)),
    beyond && [beyond.minute, (sketch ?? []).map(([register, entries]) => [register, ...entries])],
  ];
}

function loadState(stored: StoredState): AttributeState {
  if (stored[0] === 'l') return { kind: 'last', last: { newestAt: stored[1], key: stored[2], value: stored[3] } };
  if (stored[0] === 't') {
    return {
      kind: 'totals',
      totals: { newestAt: stored[1], minutes: loadTotals(stored[2]), hours: loadTotals(stored[3]) },
    };
  }
  const [, newestAt, values, beyond] = stored;
  return {
    kind: 'distinct',
    values: {
      newestAt,
      values: new Map(values),
      beyond: beyond && {
        minute: beyond[0],
        sketch: new Map(beyond[1].map(([register, ...entries]) => [register, entries])),
      },
    },
  };
}

function storeTotals(totals: ReadonlyMap<number, bigint>): StoredTotals {
  let before = 0;
  return [...totals]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, total]) => {
      const distance = at - before;
      before = at;
      const exact = Number(total);
      return [distance, Number.isSafeInteger(exact) ? exact : total.toString()];
    });
}

function loadTotals(stored: StoredTotals): Map<number, bigint> {
  const totals = new Map<number, bigint>();
  let at = 0;
  for (let index = 0; index + 1 < stored.length; index += 2) {
    at += Number(stored[index]);
    totals.set(at, BigInt(stored[index + 1] ?? 0));
  }
  return totals;
}
