import type { Block } from './decode-block.ts';
import type { ItemTable } from './item-table.ts';
import { KeySet } from './key-set.ts';

/** The scorer's parameters; the defaults are those measured in `docs/recommendation.md`. */
export interface ScorerParameters {
  /** The visitor's last items that count. */
  readonly recentItems: number;
  /** An item `j` steps from the visitor's newest weighs e^(−j/recencyDecay). */
  readonly recencyDecay: number;
  /** A neighbour whose newest shared item lies `j` steps back is discounted by e^(−j/neighbourDecay). */
  readonly neighbourDecay: number;
  /** An item at distance `d` from the shared one in the neighbour counts e^(−d/distanceDecay). */
  readonly distanceDecay: number;
  /** Weight of rarity: 1 + idfWeight·log(sessions / sessions with the item). */
  readonly idfWeight: number;
  /** Share of item neighbours in the blend; each part is scaled to its maximum. */
  readonly neighbourShare: number;
}

const DEFAULT_PARAMETERS: ScorerParameters = {
  recentItems: 5,
  recencyDecay: 8,
  neighbourDecay: 2,
  distanceDecay: 3,
  idfWeight: 5,
  neighbourShare: 0.1,
};

/** Pair weight of an item at distance d after the source: 0.8^(d−1); before it 0.7 of that. */
const PAIR_DECAY = 0.8;
const BACKWARD = 0.7;
/** Weight of the visitor's items by age, for item neighbours. */
const POSITION_DECAY = 0.6;
const TARGET_EXPONENT = 0.15;
const SOURCE_EXPONENT = 0.85;
/** Longest session that a block holds. */
const MAX_SESSION = 256;

const NOTHING: ReadonlySet<string> = new Set();

export interface Scored {
  readonly item: string;
  readonly score: number;
  /** The visitor's item that brought it. */
  readonly because: string;
}

/**
 * Scores items by session nearest neighbours (V-STAN: Garg et al., SIGIR 2019, and Ludewig and Jannach, UMUAI 2018, on the index of
 * VMIS-kNN: Kersbergen et al., SIGMOD 2022) blended with weighted item neighbours. Both read the same lists: the sessions that hold
 * one of the visitor's last items. All state is scratch, cleared after each query.
 */
export class Scorer {
  private readonly table: ItemTable;
  private readonly parameters: ScorerParameters;
  private sessionScore = new Float64Array(0);
  private pairScore = new Float64Array(0);
  private reason = new Uint8Array(0);
  /** 1 + the steps from the visitor's newest item, by item number; 0 for items not in the prefix. */
  private position = new Uint8Array(0);
  /** Numbers of the items that this query reached, `reached` of them. */
  private touched = new Uint32Array(0);
  private reached = 0;
  private readonly distanceWeights: Float64Array;
  private readonly pairWeights: Float64Array;
  private readonly seen = new KeySet();
  private readonly hidden = new Set<number>();

  constructor(table: ItemTable, parameters: ScorerParameters = DEFAULT_PARAMETERS) {
    this.table = table;
    this.parameters = parameters;
    this.distanceWeights = Float64Array.from({ length: MAX_SESSION }, (_, d) =>
      Math.exp(-d / parameters.distanceDecay),
    );
    this.pairWeights = Float64Array.from({ length: MAX_SESSION }, (_, d) => PAIR_DECAY ** (d - 1));
  }

  /**
   * The best `limit` items for a visitor.
   *
   * @param recent the visitor's items, oldest first.
   * @param blockOf the block that holds an item's list, if it is there.
   * @param sessionCount sessions in the whole model.
   * @param limit at least 1.
   * @param hidden items that are not to be answered.
   */
  score(
    recent: readonly string[],
    blockOf: (item: string) => Block | undefined,
    sessionCount: number,
    limit: number,
    hidden: ReadonlySet<string> = NOTHING,
  ): Scored[] {
    this.fit();
    const prefix = this.prefix(recent);
    const norm = Math.sqrt(prefix.reduce((sum, { weight }) => sum + weight * weight, 0));
    for (const { number, steps, item } of prefix) {
      const block = blockOf(item);
      const place = block?.places.get(number);
      if (block && place !== undefined) this.scanList(block, place, number, steps, norm);
    }
    this.hide(hidden);
    const best = this.best(recent, prefix, sessionCount, limit);
    this.clear(prefix);
    return best;
  }

  private prefix(recent: readonly string[]): { item: string; number: number; steps: number; weight: number }[] {
    const entries: { item: string; number: number; steps: number; weight: number }[] = [];
    const last = recent.slice(-this.parameters.recentItems);
    for (let index = last.length - 1; index >= 0; index -= 1) {
      const item = last[index] ?? '';
      const number = this.table.numberOf(item);
      const steps = last.length - 1 - index;
      if (number === undefined || this.position[number] !== 0) continue;
      this.position[number] = steps + 1;
      entries.push({ item, number, steps, weight: Math.exp(-steps / this.parameters.recencyDecay) });
    }
    return entries;
  }

  private scanList(block: Block, place: number, source: number, steps: number, norm: number): void {
    const from = block.listStarts[place] ?? 0;
    const to = block.listStarts[place + 1] ?? 0;
    const sourceWeight = POSITION_DECAY ** steps / (to - from) ** SOURCE_EXPONENT;
    for (let entry = from; entry < to; entry += 1) {
      const session = block.lists[entry] ?? 0;
      this.addPairs(block, session, source, sourceWeight, steps);
      if (this.seen.add(block.keys[session] ?? 0)) this.addNeighbour(block, session, norm);
    }
  }

  /** Item neighbours: what stood near the source in one of its sessions. */
  private addPairs(block: Block, session: number, source: number, sourceWeight: number, steps: number): void {
    const from = block.itemStarts[session] ?? 0;
    const to = block.itemStarts[session + 1] ?? 0;
    const items = block.sessionItems;
    const weight = sourceWeight / Math.sqrt(to - from);
    for (let at = from; at < to; at += 1) {
      if (items[at] !== source) continue;
      for (let other = from; other < to; other += 1) {
        const item = items[other] ?? 0;
        if (item === source) continue;
        const distance = other - at;
        const near = distance > 0 ? (this.pairWeights[distance] ?? 0) : BACKWARD * (this.pairWeights[-distance] ?? 0);
        this.touch(item, steps);
        this.pairScore[item] = (this.pairScore[item] ?? 0) + weight * near;
      }
    }
  }

  /** Session neighbours: the whole session, by what it shares with the visitor's. */
  private addNeighbour(block: Block, session: number, norm: number): void {
    const from = block.itemStarts[session] ?? 0;
    const to = block.itemStarts[session + 1] ?? 0;
    const items = block.sessionItems;
    let shared = 0;
    let newest = 255;
    let lastShared = from;
    let counted = 0;
    for (let at = from; at < to; at += 1) {
      const position = this.position[items[at] ?? 0] ?? 0;
      if (position === 0) continue;
      lastShared = at;
      if (position < newest) newest = position;
      if ((counted & (1 << position)) === 0) shared += Math.exp(-(position - 1) / this.parameters.recencyDecay);
      counted |= 1 << position;
    }
    const steps = newest - 1;
    const similarity = (shared / (norm * Math.sqrt(to - from))) * Math.exp(-steps / this.parameters.neighbourDecay);
    for (let at = from; at < to; at += 1) {
      const item = items[at] ?? 0;
      this.touch(item, steps);
      this.sessionScore[item] =
        (this.sessionScore[item] ?? 0) + similarity * (this.distanceWeights[Math.abs(at - lastShared)] ?? 0);
    }
  }

  private hide(items: ReadonlySet<string>): void {
    for (const item of items) {
      const number = this.table.numberOf(item);
      if (number !== undefined) this.hidden.add(number);
    }
  }

  private touch(item: number, steps: number): void {
    const reason = this.reason[item] ?? 0;
    if (reason === 0) {
      this.touched[this.reached] = item;
      this.reached += 1;
    }
    if (reason === 0 || reason > steps + 1) this.reason[item] = steps + 1;
  }

  private best(
    recent: readonly string[],
    prefix: readonly { item: string; steps: number }[],
    sessionCount: number,
    limit: number,
  ): Scored[] {
    const { idfWeight, neighbourShare } = this.parameters;
    let sessionMax = 0;
    let pairMax = 0;
    const touched = this.touched.subarray(0, this.reached);
    for (const item of touched) {
      const count = this.table.countOf(item);
      const session = (this.sessionScore[item] ?? 0) * (1 + idfWeight * Math.log(Math.max(1, sessionCount / count)));
      const pair = (this.pairScore[item] ?? 0) / count ** TARGET_EXPONENT;
      this.sessionScore[item] = session;
      this.pairScore[item] = pair;
      if (session > sessionMax) sessionMax = session;
      if (pair > pairMax) pairMax = pair;
    }
    const sessionScale = sessionMax > 0 ? 1 / sessionMax : 0;
    const pairScale = pairMax > 0 ? neighbourShare / pairMax : 0;
    const scores = this.sessionScore;
    const top: number[] = [];
    let worst = -1;
    for (const item of touched) {
      if (this.hidden.size > 0 && this.hidden.has(item)) continue;
      const score = (scores[item] ?? 0) * sessionScale + (this.pairScore[item] ?? 0) * pairScale;
      scores[item] = score;
      if (top.length >= limit && score <= worst) continue;
      let at = top.length;
      while (at > 0 && (scores[top[at - 1] ?? 0] ?? 0) < score) at -= 1;
      if (top.length < limit) top.push(item);
      top.copyWithin(at + 1, at, top.length - 1);
      top[at] = item;
      worst = scores[top[top.length - 1] ?? 0] ?? 0;
    }
    const bySteps = new Map(prefix.map(({ item, steps }) => [steps, item]));
    return top.map((item) => ({
      item: this.table.idOf(item),
      score: scores[item] ?? 0,
      because: bySteps.get((this.reason[item] ?? 1) - 1) ?? recent.at(-1) ?? '',
    }));
  }

  private clear(prefix: readonly { number: number }[]): void {
    for (const item of this.touched.subarray(0, this.reached)) {
      this.sessionScore[item] = 0;
      this.pairScore[item] = 0;
      this.reason[item] = 0;
    }
    for (const { number } of prefix) this.position[number] = 0;
    this.reached = 0;
    this.seen.clear();
    this.hidden.clear();
  }

  /** Scratch as large as the table has grown. */
  private fit(): void {
    if (this.position.length >= this.table.size) return;
    const size = Math.max(1024, this.table.size * 2);
    this.sessionScore = new Float64Array(size);
    this.pairScore = new Float64Array(size);
    this.reason = new Uint8Array(size);
    this.touched = new Uint32Array(size);
    this.position = new Uint8Array(size);
  }
}
