import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `send` at a steady rate whether or not earlier calls have been answered, as visitors do, and waits for all. `waitedMs` is how much
 * later than its time a call began: it belongs to what the caller waited.
 */
export async function openLoop(
  { perSecond, durationMs }: { readonly perSecond: number; readonly durationMs: number },
  send: (waitedMs: number) => Promise<unknown>,
): Promise<void> {
  const start = performance.now();
  const calls = Math.floor((perSecond * durationMs) / 1_000);
  const pending: Promise<unknown>[] = [];
  for (let call = 0; call < calls; call += 1) {
    const due = start + (call * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait);
    pending.push(send(Math.max(0, performance.now() - due)));
  }
  await Promise.all(pending);
}
