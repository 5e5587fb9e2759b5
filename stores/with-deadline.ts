import { waitUntil } from 'cloudflare:workers';

/** Turns that what is known already may take; a timer costs more than all of them. */
const TURNS = 6;
const PENDING = Symbol('pending');
const turn = Promise.resolve(PENDING);

/** The promise's value, or `'deadline'` when it is not there after `deadlineMs`, or `'error'` when it fails. Never throws. */
export async function withDeadline<T>(promise: Promise<T>, deadlineMs: number): Promise<T | 'deadline' | 'error'> {
  const settled = promise.catch(() => 'error' as const);
  for (let turns = 0; turns < TURNS; turns += 1) {
    const first = await Promise.race([settled, turn]);
    if (first !== PENDING) return first as T | 'error';
  }
  const late = Promise.withResolvers<'deadline'>();
  const timer = setTimeout(() => late.resolve('deadline'), deadlineMs);
  try {
    return await Promise.race([settled, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** As `withDeadline`, for work whose effect counts: what is late goes on behind the answer. */
export function settledWithin<T>(promise: Promise<T>, deadlineMs: number): Promise<T | 'deadline' | 'error'> {
  waitUntil(promise.catch(() => undefined));
  return withDeadline(promise, deadlineMs);
}
