import { waitUntil } from 'cloudflare:workers';

/** The promise's value, or `'deadline'` when it is not there after `deadlineMs`, or `'error'` when it fails. Never throws. */
export async function withDeadline<T>(promise: Promise<T>, deadlineMs: number): Promise<T | 'deadline' | 'error'> {
  const late = Promise.withResolvers<'deadline'>();
  const timer = setTimeout(() => late.resolve('deadline'), deadlineMs);
  try {
    return await Promise.race([promise.catch(() => 'error' as const), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** As `withDeadline`, for work whose effect counts: what is late goes on behind the answer. */
export function settledWithin<T>(promise: Promise<T>, deadlineMs: number): Promise<T | 'deadline' | 'error'> {
  waitUntil(promise.catch(() => undefined));
  return withDeadline(promise, deadlineMs);
}
