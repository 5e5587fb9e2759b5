import { setTimeout as sleep } from 'node:timers/promises';
import type { Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { waitUntil } from '../../ops/wait-until.ts';

/** A kill comes up to this long after its mark, so that it hits any phase of a request or batch. */
const JITTER_MS = 40;

/**
 * Kills workerd with SIGKILL `times` times, at marks drawn over the progress of some work, and waits each time until it is back.
 *
 * @param progress How far the work is, 0 … 1.
 * @param random Seeded: the marks and the jitter.
 */
export async function killAtRandom(
  vitrine: Vitrine,
  times: number,
  progress: () => number,
  random: () => number,
): Promise<void> {
  const marks = Array.from({ length: times }, random).sort((a, b) => a - b);
  for (const [index, mark] of marks.entries()) {
    await waitUntil(`the work reaches mark ${mark}`, async () => progress() >= mark, 120_000);
    // Not a wait for a condition: the very moment of the kill is what is drawn.
    await sleep(random() * JITTER_MS);
    for (const pid of await vitrine.workerdPids()) process.kill(pid, 'SIGKILL');
    await waitUntil('workerd is back', async () => vitrine.restarts() > index, 30_000);
  }
}
