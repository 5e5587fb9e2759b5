import { waitUntil } from 'cloudflare:workers';
import { RequestTimer } from './request-timer.ts';

/** Turns of the queue of promises that what is known already may take; a timer costs more than all of them. */
const TURNS = 20;
/**
 * The promise's value, or `'deadline'` when it is not there after `deadlineMs`, or `'error'` when it fails. Never throws.
 *
 * @param timer of the request, where it waits for several things at once.
 */
export function withDeadline<T>(
  promise: Promise<T>,
  deadlineMs: number,
  timer: RequestTimer = new RequestTimer(),
): Promise<T | 'deadline' | 'error'> {
  return new Promise((resolve) => {
    let isSettled = false;
    const wait = { at: 0, over: () => resolve('deadline') };
    const settle = (outcome: T | 'error') => {
      isSettled = true;
      timer.drop(wait);
      resolve(outcome);
    };
    promise.then(settle, () => settle('error'));
    const watch = async () => {
      for (let turns = 0; turns < TURNS; turns += 1) {
        await undefined;
        if (isSettled) return;
      }
      const now = Date.now();
      wait.at = now + deadlineMs;
      timer.add(wait, now);
    };
    void watch();
  });
}

/** As `withDeadline`, for work whose effect counts: what is late goes on behind the answer. */
export function settledWithin<T>(promise: Promise<T>, deadlineMs: number): Promise<T | 'deadline' | 'error'> {
  waitUntil(promise.catch(() => undefined));
  return withDeadline(promise, deadlineMs);
}
