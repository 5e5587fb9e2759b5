import { RequestTimer } from './request-timer.ts';

/**
 * How long a request waits in all for something that it may ask several times: what one wait takes, the next ones have less. Waits at the
 * same time count once.
 */
export class WaitBudget {
  readonly timer: RequestTimer;
  private leftMs: number;
  private open = 0;
  private openedAt = 0;

  /** @param timer of the request, where it waits for several things at once. */
  constructor(ms: number, timer = new RequestTimer()) {
    this.leftMs = ms;
    this.timer = timer;
  }

  /** What is left of it at `now`, ms since 1970, in ms. */
  left(now: number): number {
    return Math.max(0, this.open === 0 ? this.leftMs : this.leftMs - (now - this.openedAt));
  }

  /** A wait begins. */
  begin(now: number): void {
    if (this.open === 0) this.openedAt = now;
    this.open += 1;
  }

  /** A wait is over. */
  end(now: number): void {
    this.open -= 1;
    if (this.open === 0) this.leftMs = Math.max(0, this.leftMs - (now - this.openedAt));
  }
}
