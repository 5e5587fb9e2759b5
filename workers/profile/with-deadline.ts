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
