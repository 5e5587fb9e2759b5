import { HOUR_MS } from '../time.ts';

/** Which way a share has gone. */
export type Direction = 'up' | 'down';

/** A share that is not what it was. */
export interface Drift {
  readonly direction: Direction;
  /** How much less likely what came is by what was usual than by the change, as a natural logarithm. */
  readonly evidence: number;
  /** ms since 1970: the first minute of it. */
  readonly since: number;
  /** What was usual, and what came since then: parts of one. */
  readonly usual: number;
  readonly found: number;
}

/** By how much the odds of a share change that are looked for. */
const CHANGES = [1.6, 3, 10] as const;
/** Evidence from which on it is told: one of e^16 minutes by chance, were each as the last. */
const TOLD = 16;
/** What one minute may bring of it: a burst of one minute is none. */
const MOST_A_MINUTE = 7;
/** Things that must have been seen, and minutes, before a share is known. */
const LEAST_SEEN = 200;
const LEAST_MINUTES = 30;
/** Minutes after which what was usual weighs half, at first less. */
const HALF_LIFE = 720;
/** Of an hour of the day: things after which it is believed half. */
const HOUR_PRIOR = 400;
const HOUR_HALF_LIFE = 240;
/** No share is believed to be rarer or more usual than this many things have shown. */
const SURPRISE_FLOOR = 0.5;
/** Minutes as always after which a drift has ended; and after which what is new is usual. */
const QUIET_MINUTES = 10;
const ACCEPTED_MINUTES = 360;
const DISPERSION_PACE = 1 / 120;
const MAX_DISPERSION_STEP = 25;

const [SEEN, HITS, MINUTES, DISPERSION, OPEN, SINCE, OPEN_SEEN, OPEN_HITS, QUIET, OPEN_MINUTES, USUAL] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
] as const;
const SUMS_AT = 11;
/** Evidence, and its first minute, for each change in either direction. */
const SUMS = 2 * CHANGES.length;
const HOURS_AT = SUMS_AT + 2 * SUMS;
/** Numbers of a share's state. */
export const SHARE_SIZE = HOURS_AT + 2 * 24;

/**
 * Watches a share: of `seen` things of a minute `hits` are so. Evidence for each of a few changes of its odds is summed up (CUSUM of log-likelihood
 * ratios; Page, 1954) over the minutes, under a binomial law with the dispersion that the series has shown, against what is usual at this hour. In
 * constant memory, from the first half hour on.
 */
export class ShareWatch {
  private readonly state: Float64Array;
  private readonly told: number;

  /** @param told evidence from which on a drift is told. */
  constructor(state = new Float64Array(SHARE_SIZE), told: number = TOLD) {
    this.state = state;
    this.told = told;
  }

  /** All that it knows, to be kept. */
  numbers(): number[] {
    return [...this.state];
  }

  /** The drift that is open, if one is. */
  get open(): Drift | undefined {
    const { state } = this;
    const open = state[OPEN] as number;
    if (open === 0) return undefined;
    return {
      direction: open > 0 ? 'up' : 'down',
      evidence: Math.abs(open),
      since: state[SINCE] as number,
      usual: state[USUAL] as number,
      found: (state[OPEN_HITS] as number) / Math.max(1, state[OPEN_SEEN] as number),
    };
  }

  /**
   * Takes a minute.
   *
   * @param time its start, ms since 1970
   * @returns the drift that begins to be told in it.
   */
  next(time: number, hits: number, seen: number): Drift | undefined {
    if (!(seen > 0)) return undefined;
    const { state } = this;
    const usual = this.usualAt(time);
    if (state[OPEN] !== 0) {
      this.whileOpen(time, hits, seen);
      return undefined;
    }
    if (this.isKnown) {
      const strongest = this.weigh(time, hits, seen, usual);
      if (strongest) {
        state[OPEN] = strongest.direction === 'up' ? strongest.evidence : -strongest.evidence;
        state[SINCE] = strongest.since;
        state[USUAL] = usual;
        state[OPEN_SEEN] = seen;
        state[OPEN_HITS] = hits;
        state[QUIET] = 0;
        state[OPEN_MINUTES] = 0;
        return this.open;
      }
    }
    // What is under suspicion teaches nothing.
    if (this.suspicion() < this.told / 2) this.learn(time, hits, seen, usual);
    return undefined;
  }

  /**
   * How far a minute's hits are from what is usual, in standard deviations of the law and dispersion that evidence is weighed by; nothing before the
   * share is known. Teaches nothing.
   */
  strayOf(time: number, hits: number, seen: number): number | undefined {
    if (!(seen > 0 && this.isKnown)) return undefined;
    const usual = this.usualAt(time);
    const variance =
      Math.max(SURPRISE_FLOOR, seen * usual * (1 - usual)) * Math.max(1, this.state[DISPERSION] as number);
    return (hits - seen * usual) / Math.sqrt(variance);
  }

  private get isKnown(): boolean {
    const { state } = this;
    return (state[SEEN] as number) >= LEAST_SEEN && (state[MINUTES] as number) >= LEAST_MINUTES;
  }

  /** What is usual at a time: the share of all time, drawn to that of the hour as far as that is known. */
  private usualAt(time: number): number {
    const { state } = this;
    const all = ((state[HITS] as number) + SURPRISE_FLOOR) / ((state[SEEN] as number) + 2 * SURPRISE_FLOOR);
    const at = HOURS_AT + 2 * (Math.floor(time / HOUR_MS) % 24);
    const [seen, hits] = [state[at] as number, state[at + 1] as number];
    const share = (hits + HOUR_PRIOR * all) / (seen + HOUR_PRIOR);
    return Math.min(1 - 1e-9, Math.max(1e-9, share));
  }

  /** Sums up a minute's evidence; the strongest that is enough. */
  private weigh(
    time: number,
    hits: number,
    seen: number,
    usual: number,
  ): Pick<Drift, 'direction' | 'evidence' | 'since'> | undefined {
    const { state } = this;
    const dispersion = Math.max(1, state[DISPERSION] as number);
    let strongest: Pick<Drift, 'direction' | 'evidence' | 'since'> | undefined;
    for (let index = 0; index < SUMS; index += 1) {
      const change = CHANGES[index >> 1] as number;
      const direction: Direction = index % 2 === 0 ? 'up' : 'down';
      const odds = (usual / (1 - usual)) * (direction === 'up' ? change : 1 / change);
      const other = odds / (1 + odds);
      const ratio = hits * Math.log(other / usual) + (seen - hits) * Math.log((1 - other) / (1 - usual));
      const at = SUMS_AT + 2 * index;
      const before = state[at] as number;
      const sum = Math.max(0, before + Math.min(MOST_A_MINUTE, ratio / dispersion));
      if (sum > 0 && before === 0) state[at + 1] = time;
      state[at] = sum;
      if (sum >= this.told && sum > (strongest?.evidence ?? 0))
        strongest = { direction, evidence: sum, since: state[at + 1] as number };
    }
    return strongest;
  }

  private suspicion(): number {
    let most = 0;
    for (let index = 0; index < SUMS; index += 1) most = Math.max(most, this.state[SUMS_AT + 2 * index] as number);
    return most;
  }

  private learn(time: number, hits: number, seen: number, usual: number): void {
    const { state } = this;
    const keep = 0.5 ** (1 / HALF_LIFE);
    state[SEEN] = keep * (state[SEEN] as number) + seen;
    state[HITS] = keep * (state[HITS] as number) + hits;
    state[MINUTES] = (state[MINUTES] as number) + 1;
    const at = HOURS_AT + 2 * (Math.floor(time / HOUR_MS) % 24);
    const keepHour = 0.5 ** (1 / HOUR_HALF_LIFE);
    state[at] = keepHour * (state[at] as number) + seen;
    state[at + 1] = keepHour * (state[at + 1] as number) + hits;
    if ((state[MINUTES] as number) > 5) {
      const expected = seen * usual * (1 - usual);
      const strays = (hits - seen * usual) ** 2 / Math.max(expected, SURPRISE_FLOOR);
      const pace = Math.max(DISPERSION_PACE, 1 / (state[MINUTES] as number));
      state[DISPERSION] =
        (state[DISPERSION] as number) + pace * (Math.min(strays, MAX_DISPERSION_STEP) - (state[DISPERSION] as number));
    }
  }

  /** While a drift is open nothing is learned; it ends when what comes is usual again, or has been new for so long that it is usual now. */
  private whileOpen(time: number, hits: number, seen: number): void {
    const { state } = this;
    const usual = state[USUAL] as number;
    const found = (state[OPEN_HITS] as number) / Math.max(1, state[OPEN_SEEN] as number);
    const middle = (usual + found) / 2;
    const isBack = (state[OPEN] as number) > 0 ? hits < seen * middle : hits > seen * middle;
    state[OPEN_MINUTES] = (state[OPEN_MINUTES] as number) + 1;
    state[QUIET] = isBack ? (state[QUIET] as number) + 1 : 0;
    if (!isBack) {
      state[OPEN_SEEN] = (state[OPEN_SEEN] as number) + seen;
      state[OPEN_HITS] = (state[OPEN_HITS] as number) + hits;
    }
    const isAccepted = (state[OPEN_MINUTES] as number) >= ACCEPTED_MINUTES;
    if ((state[QUIET] as number) < QUIET_MINUTES && !isAccepted) return;
    state[OPEN] = 0;
    state.fill(0, SUMS_AT, SUMS_AT + 2 * SUMS);
    if (!isAccepted) return;
    // What has been so for so long is usual.
    state[SEEN] = state[OPEN_SEEN] as number;
    state[HITS] = state[OPEN_HITS] as number;
    state.fill(0, HOURS_AT, HOURS_AT + 2 * 24);
    this.learn(time, hits, seen, this.usualAt(time));
  }
}
