/**
 * Where a series stands and how far it strays: exponentially weighted mean and mean absolute deviation, whose steps are clipped, so that one wild value
 * moves neither far. Three numbers of a shared array.
 */
export class Level {
  /** Numbers that one takes. */
  static readonly SIZE = 3;
  private readonly state: Float64Array;
  private readonly at: number;
  private readonly pace: number;
  private readonly clip: number;

  /**
   * @param halfLife values after which one weighs half
   * @param clip deviations beyond which a value counts as that many
   */
  constructor(state: Float64Array, at: number, halfLife: number, clip: number) {
    this.state = state;
    this.at = at;
    this.pace = 1 - 0.5 ** (1 / halfLife);
    this.clip = clip;
  }

  /** Values that it has seen. */
  get count(): number {
    return this.state[this.at] as number;
  }
  get mean(): number {
    return this.state[this.at + 1] as number;
  }
  get deviation(): number {
    return this.state[this.at + 2] as number;
  }

  /** How many deviations a value is away; nothing is closer than `floor` counts as a deviation. */
  distance(value: number, floor: number): number {
    return this.count < 2 ? 0 : Math.abs(value - this.mean) / Math.max(this.deviation, floor);
  }

  add(value: number, floor: number): void {
    const count = this.count + 1;
    this.state[this.at] = count;
    if (count === 1) {
      this.state[this.at + 1] = value;
      return;
    }
    const pace = Math.max(1 / count, this.pace);
    const error = value - this.mean;
    // The first ones say what is usual: nothing is wild yet.
    const bound = count > EARLY ? this.clip * Math.max(this.deviation, floor) : Number.POSITIVE_INFINITY;
    const step = Math.max(-MEAN_CLIP * bound, Math.min(MEAN_CLIP * bound, error));
    this.state[this.at + 1] = this.mean + pace * step;
    this.state[this.at + 2] =
      this.deviation + pace * (Math.min(Math.abs(error), DEVIATION_CLIP * bound) - this.deviation);
  }
}

const EARLY = 10;
/** The mean is clipped sooner than the deviation, which has to follow when a series becomes wilder. */
const MEAN_CLIP = 1.5;
const DEVIATION_CLIP = 2;
