/**
 * Cuts long work into slices, between which an isolate's requests run. Slices are counted in units of work, since the platform's clock
 * stands still while code runs.
 *
 * @example
 * const slice = new WorkSlice(500, breathe);
 * for (const row of rows) {
 *   fold(row);
 *   if (slice.spend(1)) await slice.pause();
 * }
 */
export class WorkSlice {
  private readonly units: number;
  private readonly breathe: () => Promise<void>;
  private spent = 0;

  /** @param units work of a slice: what takes some milliseconds. */
  constructor(units: number, breathe: () => Promise<void>) {
    this.units = units;
    this.breathe = breathe;
  }

  /** Counts work that was done; whether the slice is over. */
  spend(units: number): boolean {
    this.spent += units;
    return this.spent >= this.units;
  }

  /** Lets others run, and begins the next slice. */
  async pause(): Promise<void> {
    this.spent = 0;
    await this.breathe();
  }
}

/** Runs work that yields the units it did, in slices, and answers what it returns. */
export async function inSlices<T>(steps: Generator<number, T>, slice: WorkSlice): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (slice.spend(step.value)) await slice.pause();
  }
}
