/** How long the first of several waits lets the timer run at most, so that shorter ones find it set. */
const STEP_MS = 50;

/** Something that is waited for. */
export interface Wait {
  /** When it is over, ms since 1970. */
  at: number;
  readonly over: () => void;
}

/** The one timer of all waits of a request; a timer costs the runtime more than what most waits are for. */
export class RequestTimer {
  private readonly waits = new Set<Wait>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private firesAt = 0;

  add(wait: Wait, now: number): void {
    this.waits.add(wait);
    if (this.timer === undefined || wait.at < this.firesAt) this.set(Math.min(wait.at, now + STEP_MS), now);
  }

  drop(wait: Wait): void {
    if (!this.waits.delete(wait) || this.waits.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private set(at: number, now: number): void {
    clearTimeout(this.timer);
    this.firesAt = at;
    this.timer = setTimeout(() => this.fire(), Math.max(0, at - now));
  }

  private fire(): void {
    const now = Math.max(Date.now(), this.firesAt);
    this.timer = undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const wait of this.waits)
      if (wait.at > now) next = Math.min(next, wait.at);
      else {
        this.waits.delete(wait);
        wait.over();
      }
    if (this.waits.size > 0) this.set(next, now);
  }
}
