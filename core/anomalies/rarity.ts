/** Bins of an octave, bins in all, and the value below which all are alike. */
const PER_OCTAVE = 6;
const BINS = 96;
const LEAST = 0.05;
/** Beyond everything seen, rarity grows as a power of the value. */
const TAIL_POWER = 2;
const LEAST_PROBABILITY = 1e-12;

/**
 * How rare a value is among those before it, by a histogram in octaves: it calibrates itself to any series, and asks of no distribution. Numbers of a
 * shared array.
 */
export class Rarity {
  /** Numbers that one takes. */
  static readonly SIZE = BINS + 1;
  private readonly state: Float64Array;
  private readonly at: number;

  constructor(state: Float64Array, at: number) {
    this.state = state;
    this.at = at;
  }

  /** −log10 of the share of values that were as large: 2 is one of a hundred. */
  surprise(value: number): number {
    const own = binOf(value);
    let above = 0;
    let top = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      const held = this.state[this.at + bin] as number;
      if (bin >= own) above += held;
      if (held > 0) top = bin;
    }
    const count = this.state[this.at + BINS] as number;
    const share = (above - (this.state[this.at + own] as number) / 2 + 0.5) / (count + 1);
    const beyond = above > 0 ? 0 : (own - top) / PER_OCTAVE;
    return -Math.log10(Math.max(share * 2 ** (-TAIL_POWER * beyond), LEAST_PROBABILITY));
  }

  add(value: number): void {
    const bin = this.at + binOf(value);
    this.state[bin] = (this.state[bin] as number) + 1;
    this.state[this.at + BINS] = (this.state[this.at + BINS] as number) + 1;
  }
}

function binOf(value: number): number {
  if (!(value > LEAST)) return 0;
  return Math.min(BINS - 1, 1 + Math.floor(PER_OCTAVE * Math.log2(value / LEAST)));
}
