import { setTimeout as sleep } from 'node:timers/promises';
import type { Vitrine } from '../runtime/start-vitrine.ts';
import { DEMO } from './demo-site.ts';

/** However busy the queue is, nobody waits longer. */
const LONGEST_MS = 60_000;

/** Waits until the count of the demo's events has stood still for `quietMs`. */
export async function settled(vitrine: Vitrine, quietMs: number, signal?: AbortSignal): Promise<void> {
  const db = await vitrine.getD1('DB');
  const deadline = Date.now() + LONGEST_MS;
  let before: unknown;
  while (Date.now() < deadline && !signal?.aborted) {
    const counted = await db
      .prepare('SELECT SUM(events) AS events FROM rollups WHERE site = ?')
      .bind(DEMO.id)
      .first('events');
    if (counted === before) return;
    before = counted;
    await sleep(quietMs, undefined, signal ? { signal } : undefined).catch(() => undefined);
  }
}
