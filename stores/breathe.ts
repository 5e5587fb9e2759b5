/**
 * Lets the requests run that wait for this isolate: to be called between two slices of work. A timer, since a promise that is ready does
 * not do: a runtime that finds something ready to run takes in nothing new.
 */
export function breathe(): Promise<void> {
  return scheduler.wait(isServing() ? BREATH_MS : 0);
}

/** Where an isolate serves requests, a slice is followed by a breath of so long. */
const BREATH_MS = 5;
/** Where an isolate serves requests, work by the clock rests so long between two slices of a few milliseconds. */
const REST_MS = 40;
/** An isolate serves requests if one came so lately. */
const SERVING_MS = 1_000;

let lastRequestAt = 0;
/** Until when every slice of work by the clock has its time, ms since 1970. */
let nextSliceAt = 0;
/** Work by the clock that somebody waits for now. */
let awaited = 0;

function isServing(): boolean {
  return Date.now() - lastRequestAt < SERVING_MS;
}

/** Says that this isolate serves a request now. */
export function noteServing(): void {
  lastRequestAt = Date.now();
}

/**
 * As `breathe`, for work by the clock: where requests are served it leaves them the thread for longer than it has held it. Jobs that run
 * side by side rest behind one another, so that no two slices fall together.
 */
export function rest(): Promise<void> {
  if (awaited > 0) return breathe();
  if (!isServing()) return scheduler.wait(0);
  const now = Date.now();
  nextSliceAt = Math.max(now, nextSliceAt) + REST_MS;
  return scheduler.wait(nextSliceAt - now);
}

/** Runs work of the clock that somebody waits for: it breathes between its slices and does not rest. */
export async function onDemand<T>(work: () => Promise<T>): Promise<T> {
  awaited += 1;
  try {
    return await work();
  } finally {
    awaited -= 1;
  }
}

/** Starts tasks one after the other, with requests running between, and waits for all; fails as the first one that fails. */
export async function staggered(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const started: Promise<unknown>[] = [];
  for (const task of tasks) {
    const running = task();
    // A failure is heard below; meanwhile it is nobody's unhandled rejection.
    running.catch(() => undefined);
    started.push(running);
    await breathe();
  }
  await Promise.all(started);
}
