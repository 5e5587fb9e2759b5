import type { Rates } from '../rates/item-rates.ts';
import { type Block, SESSION_END, SESSION_ITEMS, SESSION_KEY } from './decode-block.ts';
import {
  AFTER_SHARE,
  AFTER_TWO_TIMES,
  AGAIN,
  AGE,
  BEFORE_SHARE,
  BY_FLAT,
  BY_MULTI,
  BY_PAIRS,
  BY_SESSIONS,
  CLICK_RATE,
  COUNT,
  DISTINCT,
  FEATURES,
  NEIGHBOURS,
  NEXT_SHARE,
  NEXT_TIMES,
  ORDER_RATE,
  OWN_POSITION,
  OWN_TIMES,
  RANKED,
  SCORE,
  TREND,
} from './features.ts';
import type { ItemTable } from './item-table.ts';
import { KeySet } from './key-set.ts';
import {
  AFTER,
  BEFORE,
  DISTANCE,
  FLAT_DISTANCE,
  FLAT_SHARE,
  FRESH,
  IDF_WEIGHT,
  INVERSE,
  MAX_STEPS,
  NEIGHBOUR,
  NEVER_SECONDS,
  OWN_ITEM,
  PAIR_SHARE,
  POSITION,
  RECENCY,
  ROOT,
  SOURCE_EXPONENT,
} from './scan-weights.ts';

/** Candidates that stage 1 can answer. */
const MAX_PICKS = 512;
/** Candidates of a query. A session is not walked where there is no room for all its items, and the visitor's own after them. */
const MAX_CANDIDATES = 1 << 14;
const HEADROOM = 512;
/** How far back the lists of the visitor's items are walked. */
export const LIST_STEPS = 20;
/** Entries of lists after which no older item's list is walked; the newest item's always is. */
export const LIST_ENTRIES = 300;

/** Sums of a candidate: its place in the row. */
const [SESSIONS, FLAT, PAIRS, NEXT, AFTER_NEWEST, BEFORE_NEWEST, AFTER_TWO, MULTI] = [0, 1, 2, 3, 4, 5, 6, 7];
const SUMS = 8;

/** What a scan needs of the whole model. */
export interface ModelFacts {
  /** Sessions in the model. */
  readonly sessions: number;
  /** Share of them that is recent, for the trend. */
  readonly recentShare: number;
  /** End of the newest one, seconds since 1970. */
  readonly newestSeconds: number;
  /** How a product did where slots showed it; all are average without it. */
  readonly ratesOf?: ((item: string) => Rates) | undefined;
}

/** What a visitor is asked for by. */
export interface Visitor {
  /** His items, oldest first, each time that he had them. */
  readonly items: readonly string[];
  /** Items that are not to be answered. */
  readonly hidden?: Pick<ReadonlyMap<string, unknown>, 'keys'> | undefined;
}

/**
 * One walk over the sessions that hold the visitor's last items: sums up what speaks for each item there, picks the best by a fixed blend
 * ("stage 1") and tells of each pick what a ranker needs. Session neighbours are V-STAN (Garg et al., SIGIR 2019; Ludewig and Jannach,
 * UMUAI 2018) on the index of VMIS-kNN (Kersbergen et al., SIGMOD 2022), item neighbours weighted co-occurrences, both from the same lists.
 * Items of a query have slots, so that nothing as large as the catalogue is cleared and nothing is allocated.
 */
export class Scan {
  /** Numbers of the picks, best first, and the visitor's item that brought each: a place in what `visitor.items` was, or −1. */
  readonly numbers = new Uint32Array(MAX_PICKS);
  readonly because = new Int32Array(MAX_PICKS);
  /** Scores of the picks. */
  readonly scores = new Float64Array(MAX_PICKS);
  /** Features of the first `RANKED` picks, by feature, then by pick. */
  readonly features = new Float32Array(RANKED * FEATURES.length);

  private readonly table: ItemTable;
  private readonly sums = new Float64Array(MAX_CANDIDATES * SUMS);
  private readonly candidates = new Uint32Array(MAX_CANDIDATES);
  private readonly newest = new Float64Array(MAX_CANDIDATES).fill(-1);
  private readonly neighbours = new Uint16Array(MAX_CANDIDATES);
  private readonly sources = new Uint8Array(MAX_CANDIDATES);
  private readonly pickedSlots = new Uint32Array(MAX_PICKS);
  private reached = 0;
  /** By item number: slot, or −1; 1 + steps from the newest item, or 0; how often; whether it is not to be answered. */
  private slots = new Int32Array(0);
  private position = new Uint8Array(0);
  private times = new Uint8Array(0);
  private barred = new Uint8Array(0);
  /** The visitor's distinct items, newest first: numbers, steps and places in what he was asked for by. */
  private readonly own = new Int32Array(MAX_STEPS);
  private readonly ownSteps = new Uint16Array(MAX_STEPS);
  private readonly ownPlaces = new Int32Array(MAX_STEPS);
  private distinct = 0;
  /** Items of the visitor that no session holds: their numbers follow those of the table. */
  private readonly unknown: string[] = [];
  private norm = 0;
  /** Which of his items is being walked, and which item he had before the newest one. */
  private source = 0;
  private beforeNewest = -1;
  private readonly seen = new KeySet();

  constructor(items: ItemTable) {
    this.table = items;
  }

  /**
   * Fills the picks and their features. Returns how many picks there are, at most `wanted`, which is at least `RANKED` and at most 512.
   *
   * @param blockOf the block that holds an item's list, if it is there.
   */
  run(visitor: Visitor, blockOf: (item: string) => Block | undefined, facts: ModelFacts, wanted = RANKED): number {
    const { items, hidden } = visitor;
    this.fit();
    this.placeOwn(items);
    let entries = 0;
    let newestEntries = 0;
    for (let at = 0; at < this.distinct; at += 1) {
      const steps = this.ownSteps[at] as number;
      if (steps >= LIST_STEPS || (at > 0 && entries >= LIST_ENTRIES)) break;
      const block = blockOf(items[this.ownPlaces[at] as number] as string);
      const place = block?.places.get(this.own[at] as number);
      if (!block || place === undefined) continue;
      this.source = at;
      const length = (block.listEnds[place] as number) - (block.listStarts[place] as number);
      this.walk(block, place, this.own[at] as number, steps);
      entries += length;
      if (steps === 0) newestEntries = length;
    }
    for (let at = 0; at < this.distinct; at += 1) {
      this.source = at;
      const item = this.own[at] as number;
      if ((this.slots[item] as number) < 0) this.enter(item);
    }
    if (hidden) this.bar(hidden, 1);
    const picks = this.pick(facts, newestEntries, Math.min(MAX_PICKS, Math.max(RANKED, wanted)), items);
    if (hidden) this.bar(hidden, 0);
    this.clear();
    return picks;
  }

  /** The place of an item among the first picks, or −1. */
  indexOf(item: string, picks: number): number {
    const unknown = this.unknown.indexOf(item);
    const number = unknown >= 0 ? this.table.size + unknown : this.table.numberOf(item);
    return number === undefined ? -1 : this.numbers.subarray(0, picks).indexOf(number);
  }

  /** The item of a pick. */
  itemAt(pick: number): string {
    const number = this.numbers[pick] as number;
    const { size } = this.table;
    return number < size ? this.table.idOf(number) : (this.unknown[number - size] as string);
  }

  private placeOwn(items: readonly string[]): void {
    this.unknown.length = 0;
    let squares = 0;
    let distinct = 0;
    const oldest = Math.max(0, items.length - MAX_STEPS);
    for (let at = items.length - 1; at >= oldest; at -= 1) {
      const item = items[at] as string;
      const number = this.table.numberOf(item) ?? this.numberUnknown(item);
      const times = this.times[number] as number;
      if (times < 255) this.times[number] = times + 1;
      if (this.position[number] !== 0) continue;
      const steps = items.length - 1 - at;
      this.position[number] = steps + 1;
      this.own[distinct] = number;
      this.ownSteps[distinct] = steps;
      this.ownPlaces[distinct] = at;
      distinct += 1;
      if (steps < LIST_STEPS) squares += (RECENCY[steps] as number) ** 2;
    }
    this.distinct = distinct;
    this.norm = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    const before = items.length > 1 ? (items[items.length - 2] as string) : undefined;
    this.beforeNewest = before === undefined ? -1 : (this.table.numberOf(before) ?? this.numberUnknown(before));
    this.table.reserve(this.unknown.length);
  }

  /** A number for this query, beyond those of the table: nobody else had the item, and he may want it again. */
  private numberUnknown(item: string): number {
    const known = this.unknown.indexOf(item);
    return this.table.size + (known >= 0 ? known : this.unknown.push(item) - 1);
  }

  /** All sessions of one of the visitor's items. */
  private walk(block: Block, place: number, source: number, steps: number): void {
    const { lists, sessions, sessionStarts } = block;
    const from = block.listStarts[place] as number;
    const to = block.listEnds[place] as number;
    const weight = (POSITION[steps] as number) * (to - from) ** -SOURCE_EXPONENT;
    for (let entry = from; entry < to; entry += 1) {
      if (this.reached > MAX_CANDIDATES - HEADROOM) return;
      const session = lists[entry] as number;
      const start = sessionStarts[session] as number;
      const end = sessionStarts[session + 1] as number;
      const fresh = steps === 0 ? (FRESH[entry - from] as number) : 0;
      this.addSession(sessions, start, end, source, weight, fresh);
    }
  }

  /**
   * One session of a list: as a neighbour, by what it shares with the visitor's, if it was not met before, and as pairs of the list's item
   * with the others, both in one pass.
   *
   * @param fresh what a follower weighs by the session's place in the list of the visitor's newest item; 0 in any other list.
   */
  private addSession(
    sessions: Uint32Array,
    start: number,
    end: number,
    source: number,
    sourceWeight: number,
    fresh: number,
  ): void {
    const { sums, slots, newest, neighbours, position } = this;
    const first = start + SESSION_ITEMS;
    const endSeconds = sessions[start + SESSION_END] as number;
    const root = ROOT[end - first] as number;
    const isNew = this.seen.add(sessions[start + SESSION_KEY] as number);
    let shared = 0;
    let sharedItems = 0;
    let nearest = MAX_STEPS;
    let lastShared = first;
    let at = end;
    let lastAt = first;
    for (let other = first; other < end; other += 1) {
      const item = sessions[other] as number;
      const place = position[item] as number;
      if (place === 0 || place > LIST_STEPS) continue;
      if (item === source) {
        if (at === end) at = other;
        lastAt = other;
      }
      lastShared = other;
      if (place < nearest) nearest = place;
      let again = false;
      for (let before = first; before < other && !again; before += 1) again = sessions[before] === item;
      if (again) continue;
      shared += RECENCY[place - 1] as number;
      sharedItems += 1;
    }
    const similarity = isNew ? shared * this.norm * root * (NEIGHBOUR[nearest - 1] as number) : 0;
    const flat = isNew ? sharedItems * root : 0;
    const isMulti = sharedItems > 1;
    const met = isNew ? 1 : 0;
    const weight = sourceWeight * root;
    for (let other = first; other < end; other += 1) {
      const item = sessions[other] as number;
      let slot = slots[item] as number;
      if (slot < 0) slot = this.enter(item);
      const row = slot * SUMS;
      if (endSeconds > (newest[slot] as number)) newest[slot] = endSeconds;
      neighbours[slot] = (neighbours[slot] as number) + met;
      const away = other < lastShared ? lastShared - other : other - lastShared;
      const value = similarity * (DISTANCE[away] as number);
      sums[row + SESSIONS] = (sums[row + SESSIONS] as number) + value;
      sums[row + FLAT] = (sums[row + FLAT] as number) + flat * (FLAT_DISTANCE[away] as number);
      if (isMulti) sums[row + MULTI] = (sums[row + MULTI] as number) + value;
      if (other < at) {
        const distance = at - other;
        sums[row + PAIRS] = (sums[row + PAIRS] as number) + weight * (BEFORE[distance] as number);
        if (fresh > 0)
          sums[row + BEFORE_NEWEST] = (sums[row + BEFORE_NEWEST] as number) + (INVERSE[distance] as number);
      } else if (other > at) {
        const distance = other - at;
        sums[row + PAIRS] = (sums[row + PAIRS] as number) + weight * (AFTER[distance] as number);
        if (fresh > 0)
          sums[row + AFTER_NEWEST] = (sums[row + AFTER_NEWEST] as number) + fresh * (INVERSE[distance] as number);
      }
    }
    if (fresh > 0) this.addNext(sessions, first, at, end);
    for (let other = at + 1; other <= lastAt; other += 1)
      if (sessions[other] === source) this.addPairs(sessions, first, other, end, weight, fresh);
  }

  /** Pairs of a further place of an item in a session whose items have all been entered, as `addSession` adds those of the first. */
  private addPairs(sessions: Uint32Array, first: number, at: number, end: number, weight: number, fresh: number): void {
    const { sums, slots } = this;
    const source = sessions[at];
    for (let other = first; other < end; other += 1) {
      const item = sessions[other] as number;
      if (other === at || (other < at && item === source)) continue;
      const row = (slots[item] as number) * SUMS;
      const distance = other < at ? at - other : other - at;
      const inverse = INVERSE[distance] as number;
      sums[row + PAIRS] = (sums[row + PAIRS] as number) + weight * ((other < at ? BEFORE : AFTER)[distance] as number);
      if (fresh === 0) continue;
      if (other < at) sums[row + BEFORE_NEWEST] = (sums[row + BEFORE_NEWEST] as number) + inverse;
      else sums[row + AFTER_NEWEST] = (sums[row + AFTER_NEWEST] as number) + fresh * inverse;
    }
    if (fresh > 0) this.addNext(sessions, first, at, end);
  }

  /** What came directly after the visitor's newest item. */
  private addNext(sessions: Uint32Array, first: number, at: number, end: number): void {
    if (at + 1 >= end) return;
    const { sums } = this;
    const row = (this.slots[sessions[at + 1] as number] as number) * SUMS;
    sums[row + NEXT] = (sums[row + NEXT] as number) + 1;
    if (at > first && sessions[at - 1] === this.beforeNewest)
      sums[row + AFTER_TWO] = (sums[row + AFTER_TWO] as number) + 1;
  }

  private enter(item: number): number {
    const slot = this.reached;
    this.reached = slot + 1;
    this.slots[item] = slot;
    this.candidates[slot] = item;
    this.sources[slot] = this.source;
    return slot;
  }

  private pick(facts: ModelFacts, newestEntries: number, wanted: number, items: readonly string[]): number {
    const { sums, candidates, scores, pickedSlots, position, barred } = this;
    const { logCounts, targetWeights } = this.table;
    const logSessions = Math.log(Math.max(2, facts.sessions));
    const most = { sessions: 1e-12, pairs: 1e-12, flat: 1e-12, after: 1e-12, multi: 1e-12 };
    for (let slot = 0, row = 0; slot < this.reached; slot += 1, row += SUMS) {
      const item = candidates[slot] as number;
      const rarity = 1 + IDF_WEIGHT * Math.max(0, logSessions - (logCounts[item] as number));
      const bySessions = (sums[row + SESSIONS] as number) * rarity;
      const byFlat = (sums[row + FLAT] as number) * rarity;
      const byPairs = (sums[row + PAIRS] as number) * (targetWeights[item] as number);
      sums[row + SESSIONS] = bySessions;
      sums[row + FLAT] = byFlat;
      sums[row + PAIRS] = byPairs;
      if (bySessions > most.sessions) most.sessions = bySessions;
      if (byFlat > most.flat) most.flat = byFlat;
      if (byPairs > most.pairs) most.pairs = byPairs;
      if ((sums[row + AFTER_NEWEST] as number) > most.after) most.after = sums[row + AFTER_NEWEST] as number;
      if ((sums[row + MULTI] as number) > most.multi) most.multi = sums[row + MULTI] as number;
    }
    const sessionScale = 1 / most.sessions;
    const pairScale = PAIR_SHARE / most.pairs;
    const flatScale = FLAT_SHARE / most.flat;
    let picks = 0;
    let worst = -1;
    for (let slot = 0, row = 0; slot < this.reached; slot += 1, row += SUMS) {
      const item = candidates[slot] as number;
      if (barred[item] !== 0) continue;
      const place = position[item] as number;
      const score =
        (sums[row + SESSIONS] as number) * sessionScale +
        (sums[row + PAIRS] as number) * pairScale +
        (sums[row + FLAT] as number) * flatScale +
        (place > 0 ? OWN_ITEM / place : 0);
      if (picks === wanted && score <= worst) continue;
      let at = picks < wanted ? picks : wanted - 1;
      if (picks < wanted) picks += 1;
      for (; at > 0 && (scores[at - 1] as number) < score; at -= 1) {
        scores[at] = scores[at - 1] as number;
        pickedSlots[at] = pickedSlots[at - 1] as number;
      }
      scores[at] = score;
      pickedSlots[at] = slot;
      worst = scores[picks - 1] as number;
    }
    for (let at = 0; at < picks; at += 1) {
      const slot = pickedSlots[at] as number;
      this.numbers[at] = candidates[slot] as number;
      this.because[at] = items.length === 0 ? -1 : (this.ownPlaces[this.sources[slot] as number] as number);
    }
    this.describe(Math.min(picks, RANKED), facts, newestEntries, most);
    return picks;
  }

  /** Writes the features of the first picks. */
  private describe(
    picks: number,
    facts: ModelFacts,
    newestEntries: number,
    most: {
      readonly sessions: number;
      readonly pairs: number;
      readonly flat: number;
      readonly after: number;
      readonly multi: number;
    },
  ): void {
    const { features, sums } = this;
    const { counts, recents } = this.table;
    const again = this.distinct > 0 && this.ownSteps[0] === 0 && this.own[0] === this.beforeNewest ? 1 : 0;
    const perEntry = 1 / (newestEntries + 1);
    for (let at = 0; at < picks; at += 1) {
      const slot = this.pickedSlots[at] as number;
      const item = this.numbers[at] as number;
      const row = slot * SUMS;
      const count = counts[item] as number;
      const place = this.position[item] as number;
      features[SCORE + at] = this.scores[at] as number;
      features[BY_SESSIONS + at] = (sums[row + SESSIONS] as number) / most.sessions;
      features[BY_PAIRS + at] = (sums[row + PAIRS] as number) / most.pairs;
      features[BY_FLAT + at] = (sums[row + FLAT] as number) / most.flat;
      features[NEXT_SHARE + at] = (sums[row + NEXT] as number) * perEntry;
      features[NEXT_TIMES + at] = sums[row + NEXT] as number;
      features[AFTER_SHARE + at] = (sums[row + AFTER_NEWEST] as number) / most.after;
      features[BEFORE_SHARE + at] = (sums[row + BEFORE_NEWEST] as number) * perEntry;
      features[AFTER_TWO_TIMES + at] = sums[row + AFTER_TWO] as number;
      const newest = this.newest[slot] as number;
      features[AGE + at] = newest < 0 ? NEVER_SECONDS : Math.max(0, facts.newestSeconds - newest);
      features[NEIGHBOURS + at] = this.neighbours[slot] as number;
      features[COUNT + at] = count;
      features[TREND + at] = ((recents[item] as number) + 0.5) / (facts.recentShare * count + 0.5);
      features[OWN_POSITION + at] = place;
      features[OWN_TIMES + at] = this.times[item] as number;
      features[DISTINCT + at] = this.distinct;
      features[AGAIN + at] = again;
      features[BY_MULTI + at] = (sums[row + MULTI] as number) / most.multi;
    }
    this.describeRates(picks, facts);
  }

  private describeRates(picks: number, { ratesOf }: ModelFacts): void {
    const { features } = this;
    if (!ratesOf) {
      features.fill(1, CLICK_RATE, CLICK_RATE + picks);
      features.fill(1, ORDER_RATE, ORDER_RATE + picks);
      return;
    }
    for (let at = 0; at < picks; at += 1) {
      const { click, order } = ratesOf(this.itemAt(at));
      features[CLICK_RATE + at] = click;
      features[ORDER_RATE + at] = order;
    }
  }

  private bar(items: Pick<ReadonlyMap<string, unknown>, 'keys'>, value: 0 | 1): void {
    for (const item of items.keys()) {
      const unknown = this.unknown.indexOf(item);
      const number = unknown >= 0 ? this.table.size + unknown : this.table.numberOf(item);
      if (number !== undefined) this.barred[number] = value;
    }
  }

  private clear(): void {
    this.sums.fill(0, 0, this.reached * SUMS);
    this.newest.fill(-1, 0, this.reached);
    this.neighbours.fill(0, 0, this.reached);
    for (let slot = 0; slot < this.reached; slot += 1) this.slots[this.candidates[slot] as number] = -1;
    for (let at = 0; at < this.distinct; at += 1) {
      const item = this.own[at] as number;
      this.position[item] = 0;
      this.times[item] = 0;
    }
    this.reached = 0;
    this.seen.clear();
  }

  /** Scratch by item number, as large as the table has grown; between two queries all of it is empty. */
  private fit(): void {
    const needed = this.table.size + MAX_STEPS;
    if (this.position.length >= needed) return;
    const size = needed * 2;
    this.slots = new Int32Array(size).fill(-1);
    this.position = new Uint8Array(size);
    this.times = new Uint8Array(size);
    this.barred = new Uint8Array(size);
  }
}
