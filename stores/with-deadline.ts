import { waitUntil } from 'cloudflare:workers';
import { WaitBudget } from './wait-budget.ts';

/** Turns of the queue of promises that what is known already may take; a timer costs more than all of them. */
const TURNS = 20;

/**
 * The promise's value, or `'deadline'` when it is not there in time, or `'error'` when it fails. Never throws.
 *
 * @param limit in ms, or what is left of what several waits have together.
 */
export async function withDeadline<T>(
  promise: Promise<T>,
  limit: number | WaitBudget,
): Promise<T | 'deadline' | 'error'> {
  let outcome: { readonly value: T | 'error' } | undefined;
  // What another request has begun ends in that one: only what hangs on a promise of this one may touch this one's timer.
  const settled = promise
    .catch(() => 'error' as const)
    .then((value) => {
      outcome = { value };
      return value;
    });
  for (let turns = 0; turns < TURNS; turns += 1) {
    await undefined;
    if (outcome) return outcome.value;
  }
  const budget = typeof limit === 'number' ? new WaitBudget(limit) : limit;
  const late = Promise.withResolvers<'deadline'>();
  const now = Date.now();
  const wait = { at: now + budget.left(now), over: () => late.resolve('deadline') };
  budget.begin(now);
  budget.timer.add(wait, now);
  try {
    return await Promise.race([settled, late.promise]);
  } finally {
    budget.timer.drop(wait);
    budget.end(Date.now());
  }
}

/** As `withDeadline`, for work whose effect counts: what is late goes on behind the answer. */
export function settledWithin<T>(promise: Promise<T>, limit: number | WaitBudget): Promise<T | 'deadline' | 'error'> {
  waitUntil(promise.catch(() => undefined));
  return withDeadline(promise, limit);
}
