import { DAY_MS, HOUR_MS } from '../time.ts';
import { Level } from './level.ts';
import { Rarity } from './rarity.ts';

/** In how many ways a value may be odd. */
const VIEWS = ['level', 'history', 'jump', 'shift', 'season', 'spread'] as const;
export type View = (typeof VIEWS)[number];

/** What is said of a value. */
export interface Verdict {
  /** From 0 (as always) to 1 (never seen); one of an episode, the others are damped. */
  readonly score: number;
  /** In which way it is oddest. */
  readonly view: View;
  /** What was usual. */
  readonly expected: number;
}

/** Values after which a level forgets half: what is now, what is usual, and of an hour of the day its days. */
const NOW = 150;
const USUAL = 1_000;
const WINDOWS = 400;
const DAYS = 14;
const CLIP = 3;
const WINDOWS_CLIP = 2;
/** Values that a shift, and a spread, are taken over. */
const SHIFT = 16;
const SPREAD = 24;
/** Values before anything is said. */
const LEARNING = 20;
/** Values of an hour before it is believed. */
const HOUR_COUNT = 5;
const WEEK_COUNT = 8;
/** An hour of the week is believed where it errs so much less than the hour of the day; that, where it errs hardly more than the level. */
const WEEK_PAYS = 0.9;
const HOUR_PAYS = 1.2;
const ERROR_PACE = 0.005;
const MAX_ERROR = 5;
/** No deviation is smaller than this part of the level, and of the usual deviation. */
const LEVEL_FLOOR = 1e-3;
const DEVIATION_FLOOR = 0.05;
const SPREAD_FLOOR = 0.1;
/** Of a series that was nothing but zero. */
const LEAST_FLOOR = 1e-9;
/** An episode: from a surprise of so much, for so many values, unless one is stronger by this factor. */
const EPISODE = 2.2;
const EPISODE_VALUES = 100;
const STRONGER = 1.15;
const DAMPED = 0.5;

const HOURS_AT = 16;
const WEEK_AT = HOURS_AT + 24 * Level.SIZE;
const LEVELS_AT = WEEK_AT + 168 * Level.SIZE;
const RARITIES_AT = LEVELS_AT + 5 * Level.SIZE;
const RECENT_AT = RARITIES_AT + VIEWS.length * Rarity.SIZE;
const SIZE = RECENT_AT + SPREAD;
/** Places of single numbers. */
const COUNT = 0;
const PREVIOUS = 1;
const HOLD = 2;
const PEAK = 3;
const ERROR_LEVEL = 4;
const ERROR_HOUR = 5;
const ERROR_WEEK = 6;

/**
 * Watches one series, value by value, in constant memory (9.5 KB) and without any setting: how odd each value is against its level, its history, the step
 * before it, the last values together, its hour of the day or the week, and how much the series strays. Each way is held against its own past
 * (`Rarity`), so that a score means the same for every series; the two oddest count together, and an episode is told once.
 */
export class SeriesDetector {
  private readonly state: Float64Array;
  private readonly now: Level;
  private readonly usual: Level;
  private readonly steps: Level;
  private readonly windows: Level;
  private readonly spreads: Level;
  private readonly rarities: readonly Rarity[];

  constructor(state = new Float64Array(SIZE)) {
    if (state.length !== SIZE) throw new RangeError(`the state of a detector has ${SIZE} numbers, not ${state.length}`);
    this.state = state;
    const level = (index: number, halfLife: number, clip: number) =>
      new Level(state, LEVELS_AT + index * Level.SIZE, halfLife, clip);
    this.now = level(0, NOW, CLIP);
    this.usual = level(1, USUAL, CLIP);
    this.steps = level(2, NOW, CLIP);
    this.windows = level(3, WINDOWS, WINDOWS_CLIP);
    this.spreads = level(4, WINDOWS, CLIP);
    this.rarities = VIEWS.map((_, index) => new Rarity(state, RARITIES_AT + index * Rarity.SIZE));
  }

  /** A detector that goes on where another one was. @throws RangeError where the bytes are none of its own. */
  static from(bytes: Uint8Array): SeriesDetector {
    return new SeriesDetector(Float64Array.from(new Float32Array(bytes.slice().buffer)));
  }

  /** All that it knows. */
  toBytes(): Uint8Array {
    return new Uint8Array(Float32Array.from(this.state).buffer);
  }

  /** Values that it has seen. */
  get count(): number {
    return this.state[COUNT] as number;
  }

  /** Looks at the next value; one that is no number is passed over. `time` in ms since 1970. */
  next(time: number, value: number): Verdict {
    const { state } = this;
    const expected = this.now.mean;
    if (!Number.isFinite(value)) return { score: 0, view: 'level', expected };
    const isLearning = this.count < LEARNING;
    const floor = LEVEL_FLOOR * Math.abs(this.usual.mean) + DEVIATION_FLOOR * this.usual.deviation + LEAST_FLOOR;
    const step = this.count === 0 ? 0 : value - (state[PREVIOUS] as number);
    const recent = this.remember(value);
    const window = mean(recent.slice(-SHIFT));
    const spread = Math.log(deviation(recent) + floor);
    const hour = new Level(state, HOURS_AT + Level.SIZE * (Math.floor(time / HOUR_MS) % 24), DAYS, CLIP);
    const week = new Level(state, WEEK_AT + Level.SIZE * hourOfWeek(time), DAYS, CLIP);
    const season = this.seasonOf(value, floor, hour, week);
    const distances: readonly number[] = [
      this.now.distance(value, floor),
      this.usual.distance(value, floor),
      this.steps.distance(step, floor),
      this.windows.distance(window, floor),
      season?.distance(value, floor) ?? 0,
      this.spreads.distance(spread, SPREAD_FLOOR),
    ];
    const surprises = distances.map((distance, view) => {
      const rarity = this.rarities[view] as Rarity;
      const surprise = isLearning ? 0 : rarity.surprise(distance);
      rarity.add(distance);
      return surprise;
    });
    for (const level of [this.now, this.usual, hour, week]) level.add(value, floor);
    this.steps.add(step, floor);
    this.windows.add(window, floor);
    if (recent.length === SPREAD) this.spreads.add(spread, SPREAD_FLOOR);
    state[PREVIOUS] = value;
    state[COUNT] = this.count + 1;
    const [first = 0, second = 0] = surprises.toSorted((a, b) => b - a);
    const view = VIEWS[surprises.indexOf(first)] ?? 'level';
    const usual = view === 'season' && season ? season.mean : view === 'history' ? this.usual.mean : expected;
    return { score: isLearning ? 0 : scoreOf(this.told(first + second)), view, expected: usual };
  }

  /** The last values, this one included, in their order. */
  private remember(value: number): Float64Array {
    const recent = this.state.subarray(RECENT_AT, RECENT_AT + SPREAD);
    recent.copyWithin(0, 1);
    recent[SPREAD - 1] = value;
    return recent.subarray(SPREAD - Math.min(SPREAD, this.count + 1));
  }

  /** The season that pays: the hour of the week, or of the day, where it has erred less than without it; and how much each errs. */
  private seasonOf(value: number, floor: number, hour: Level, week: Level): Level | undefined {
    const { state } = this;
    const scale = this.usual.deviation + floor;
    const learn = (place: number, level: Level, least: number): boolean => {
      if (level.count <= least) return false;
      const error = Math.min(Math.abs(value - level.mean) / scale, MAX_ERROR);
      state[place] = (state[place] as number) + ERROR_PACE * (error - (state[place] as number));
      return true;
    };
    learn(ERROR_LEVEL, this.usual, 1);
    const hasHour = learn(ERROR_HOUR, hour, HOUR_COUNT);
    const hasWeek = learn(ERROR_WEEK, week, WEEK_COUNT);
    const [level, ofHour, ofWeek] = state.subarray(ERROR_LEVEL, ERROR_WEEK + 1) as unknown as [number, number, number];
    if (!hasHour) return undefined;
    const isWeek = hasWeek && ofWeek < WEEK_PAYS * ofHour;
    if ((isWeek ? ofWeek : ofHour) >= HOUR_PAYS * level) return undefined;
    return isWeek ? week : hour;
  }

  /** A surprise as it is told: what follows one is damped for a while, unless it is stronger. */
  private told(surprise: number): number {
    const { state } = this;
    const isHeld = (state[HOLD] as number) > 0;
    if (isHeld) state[HOLD] = (state[HOLD] as number) - 1;
    const peak = isHeld ? (state[PEAK] as number) : 0;
    const told = isHeld && surprise <= STRONGER * peak ? DAMPED * surprise : surprise;
    const stillHeld = (state[HOLD] as number) > 0;
    if (told >= EPISODE && (!stillHeld || surprise > peak)) {
      state[PEAK] = stillHeld ? Math.max(surprise, peak) : surprise;
      state[HOLD] = EPISODE_VALUES;
    }
    return told;
  }
}

/** Two surprises together, as a number below 1. */
function scoreOf(surprise: number): number {
  return 1 - 10 ** (-surprise / 2);
}

function hourOfWeek(time: number): number {
  return (Math.floor(time / DAY_MS) % 7) * 24 + (Math.floor(time / HOUR_MS) % 24);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function deviation(values: Float64Array): number {
  const middle = mean(values);
  let sum = 0;
  for (const value of values) sum += (value - middle) ** 2;
  return Math.sqrt(sum / values.length);
}
