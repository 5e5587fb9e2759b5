import { HOUR_MS } from '../time.ts';
import type { Direction } from './share-watch.ts';

/** How many times as much, or as little, is looked for. */
const CHANGES = [2.5, 8] as const;
const TOLD = 20;
const MOST_A_MINUTE = 8;
const LEAST_MINUTES = 60;
/** Minutes after which what is now weighs half, and days of an hour. */
const NOW = 20;
const HOUR_HALF_LIFE = 120;
const QUIET_MINUTES = 10;
const ACCEPTED_MINUTES = 360;
const DISPERSION_PACE = 1 / 240;

const [MINUTES, RECENT, DISPERSION, OPEN, SINCE, USUAL, QUIET, OPEN_MINUTES, FOUND] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
] as const;
const SUMS_AT = 9;
const SUMS = 2 * CHANGES.length;
const HOURS_AT = SUMS_AT + 2 * SUMS;
/** Numbers of a volume's state. */
export const VOLUME_SIZE = HOURS_AT + 2 * 24;

/** A volume that is not what it was; counts a minute. */
export interface Surge {
  readonly direction: Direction;
  readonly evidence: number;
  /** ms since 1970 */
  readonly since: number;
  readonly usual: number;
  readonly found: number;
}

/**
 * Watches how much comes a minute, over days and nights: it must be more, or less, than both of just now and of this hour of other days, for so long
 * that no Poisson law with the dispersion that was seen explains it (CUSUM; Page, 1954).
 */
export class VolumeWatch {
  private readonly state: Float64Array;

  constructor(state = new Float64Array(VOLUME_SIZE)) {
    this.state = state;
  }

  /** All that it knows, to be kept. */
  numbers(): number[] {
    return [...this.state];
  }

  get open(): Surge | undefined {
    const { state } = this;
    const open = state[OPEN] as number;
    if (open === 0) return undefined;
    const minutes = Math.max(1, state[OPEN_MINUTES] as number);
    return {
      direction: open > 0 ? 'up' : 'down',
      evidence: Math.abs(open),
      since: state[SINCE] as number,
      usual: state[USUAL] as number,
      found: (state[FOUND] as number) / minutes,
    };
  }

  /** How far what came in a minute is from what is usual, in standard deviations; nothing in the first hour. Teaches nothing. */
  strayOf(time: number, came: number): number | undefined {
    if ((this.state[MINUTES] as number) < LEAST_MINUTES) return undefined;
    const { recent, season } = this.usualAt(time);
    const expected = Math.max(1, (recent + season) / 2);
    return (came - expected) / Math.sqrt(expected * Math.max(1, this.state[DISPERSION] as number));
  }

  /** Takes what came in a minute; `time` is its start, ms since 1970. Says what begins to be told in it. */
  next(time: number, came: number): Surge | undefined {
    const { state } = this;
    const at = hourAt(time);
    const minutes = state[at] as number;
    const { recent, season } = this.usualAt(time);
    if (state[OPEN] !== 0) {
      this.whileOpen(came);
      if (state[OPEN] !== 0) return undefined;
    } else if ((state[MINUTES] as number) >= LEAST_MINUTES && this.weigh(time, came, recent, season)) return this.open;
    state[MINUTES] = (state[MINUTES] as number) + 1;
    const pace = Math.max(1 - 0.5 ** (1 / NOW), 1 / (state[MINUTES] as number));
    const expected = Math.max(1, (recent + season) / 2);
    const strays = (came - expected) ** 2 / expected;
    if ((state[MINUTES] as number) > 10)
      state[DISPERSION] =
        (state[DISPERSION] as number) +
        Math.max(DISPERSION_PACE, 1 / (state[MINUTES] as number)) *
          (Math.min(strays, 400) - (state[DISPERSION] as number));
    state[RECENT] = recent + pace * (came - recent);
    const keep = 0.5 ** (1 / HOUR_HALF_LIFE);
    state[at] = keep * minutes + 1;
    state[at + 1] = keep * (state[at + 1] as number) + came;
    return undefined;
  }

  private usualAt(time: number): { readonly recent: number; readonly season: number } {
    const { state } = this;
    const [minutes, came] = [state[hourAt(time)] as number, state[hourAt(time) + 1] as number];
    const recent = state[RECENT] as number;
    return { recent, season: minutes >= 20 ? came / minutes : recent };
  }

  private weigh(time: number, came: number, recent: number, season: number): boolean {
    const { state } = this;
    const dispersion = Math.max(1, state[DISPERSION] as number);
    for (let index = 0; index < SUMS; index += 1) {
      const isUp = index % 2 === 0;
      const usual = Math.max(0.5, isUp ? Math.max(recent, season) : Math.min(recent, season));
      const ratio = isUp ? (CHANGES[index >> 1] as number) : 1 / (CHANGES[index >> 1] as number);
      const gain = Math.min(MOST_A_MINUTE, (came * Math.log(ratio) - usual * (ratio - 1)) / dispersion);
      const at = SUMS_AT + 2 * index;
      const before = state[at] as number;
      const sum = Math.max(0, before + gain);
      if (sum > 0 && before === 0) state[at + 1] = time;
      state[at] = sum;
      if (sum < TOLD) continue;
      state[OPEN] = isUp ? sum : -sum;
      state[SINCE] = state[at + 1] as number;
      state[USUAL] = usual;
      state[QUIET] = 0;
      state[OPEN_MINUTES] = 1;
      state[FOUND] = came;
      return true;
    }
    return false;
  }

  private whileOpen(came: number): void {
    const { state } = this;
    const usual = state[USUAL] as number;
    const found = (state[FOUND] as number) / Math.max(1, state[OPEN_MINUTES] as number);
    const middle = Math.sqrt(Math.max(0.5, usual) * Math.max(0.5, found));
    const isBack = (state[OPEN] as number) > 0 ? came < middle : came > middle;
    state[QUIET] = isBack ? (state[QUIET] as number) + 1 : 0;
    state[OPEN_MINUTES] = (state[OPEN_MINUTES] as number) + 1;
    state[FOUND] = (state[FOUND] as number) + (isBack ? found : came);
    if ((state[QUIET] as number) < QUIET_MINUTES && (state[OPEN_MINUTES] as number) < ACCEPTED_MINUTES) return;
    state[OPEN] = 0;
    state[RECENT] = came;
    state.fill(0, SUMS_AT, SUMS_AT + 2 * SUMS);
  }
}

/** Where the sums of a time's hour stand. */
function hourAt(time: number): number {
  return HOURS_AT + 2 * (Math.floor(time / HOUR_MS) % 24);
}
