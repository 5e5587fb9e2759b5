import type { SessionUpdate } from './session-update.ts';

/** A session counts half after this time. */
const HALF_LIFE_MS = 24 * 3_600_000;

/**
 * Items by their sessions, each decayed by its age. A list that is full has let go of sessions; what they would have added is
 * estimated from the list's own rate. `now` in ms since 1970.
 */
export function trendingItems(
  lists: ReadonlyMap<string, readonly SessionUpdate[]>,
  counts: ReadonlyMap<string, number>,
  now: number,
  limit: number,
): { item: string; score: number }[] {
  const scored: { item: string; score: number }[] = [];
  for (const [item, list] of lists) {
    let score = 0;
    for (const { endedAt } of list) score += 2 ** (-Math.max(0, now - endedAt) / HALF_LIFE_MS);
    const newest = list[0]?.endedAt ?? now;
    const oldest = list.at(-1)?.endedAt ?? now;
    if ((counts.get(item) ?? 0) > list.length && newest > oldest) {
      const perMs = list.length / (newest - oldest);
      score += (perMs * HALF_LIFE_MS * 2 ** (-Math.max(0, now - oldest) / HALF_LIFE_MS)) / Math.LN2;
    }
    scored.push({ item, score: Math.round(score * 1e6) / 1e6 });
  }
  return scored.sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1)).slice(0, limit);
}
