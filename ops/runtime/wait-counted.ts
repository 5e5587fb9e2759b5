import { waitUntil } from '../wait-until.ts';
import type { Vitrine } from './start-vitrine.ts';

/** Waits until the rollups hold `events` events: the consumer has taken all that was sent. */
export async function waitCounted(vitrine: Vitrine, events: number): Promise<void> {
  const db = await vitrine.getD1('DB');
  await waitUntil(`${events} events are counted`, async () => {
    const row = await db.prepare('SELECT SUM(events) AS n FROM rollups').first<{ n: number | null }>();
    return (row?.n ?? 0) >= events;
  });
}
