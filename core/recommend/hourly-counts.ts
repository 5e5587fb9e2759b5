import { HOUR_MS } from '../time.ts';

/** What is trending is told from the sessions of these hours; older buckets are forgotten. */
const TRENDING_HOURS = 72;
/** A session counts half after this time. */
const HALF_LIFE_HOURS = 24;

/** Sessions of each item by the hour in which they ended: integers that are added and taken back, decayed only when read. */
export class HourlyCounts {
  private readonly hours = new Map<string, Map<number, number>>();

  constructor(entries: Iterable<readonly [item: string, hours: [hour: number, sessions: number][]]> = []) {
    for (const [item, hours] of entries) this.hours.set(item, new Map(hours));
  }

  /** Counts `by` sessions of an item more, or fewer. `timeMs`: when they ended. */
  add(item: string, timeMs: number, by: number): void {
    const hour = Math.floor(timeMs / HOUR_MS);
    const counts = this.hours.get(item) ?? new Map<number, number>();
    const count = (counts.get(hour) ?? 0) + by;
    if (count > 0) counts.set(hour, count);
    else counts.delete(hour);
    if (counts.size > 0) this.hours.set(item, counts);
    else this.hours.delete(item);
  }

  /** Forgets the hours that trending does not look at any more. */
  forget(nowMs: number): void {
    const oldest = Math.floor(nowMs / HOUR_MS) - TRENDING_HOURS;
    for (const [item, counts] of this.hours) {
      for (const hour of counts.keys()) if (hour < oldest) counts.delete(hour);
      if (counts.size === 0) this.hours.delete(item);
    }
  }

  /** Items by their sessions, each decayed by its age in hours; best first, then by id. */
  trending(nowMs: number, limit: number): { item: string; score: number }[] {
    const now = Math.floor(nowMs / HOUR_MS);
    const scored: { item: string; score: number }[] = [];
    for (const [item, counts] of this.hours) {
      let score = 0;
      for (const [hour, count] of counts) {
        if (now - hour <= TRENDING_HOURS) score += count * 2 ** (-Math.max(0, now - hour) / HALF_LIFE_HOURS);
      }
      if (score > 0) scored.push({ item, score: Math.round(score * 1e6) / 1e6 });
    }
    return scored.sort((a, b) => b.score - a.score || (a.item < b.item ? -1 : 1)).slice(0, limit);
  }

  /** Sessions of an item that ended in this hour (hours since 1970) or later. */
  since(item: string, hour: number): number {
    let sessions = 0;
    for (const [at, count] of this.hours.get(item) ?? []) if (at >= hour) sessions += count;
    return sessions;
  }

  entries(): [item: string, hours: [hour: number, sessions: number][]][] {
    return [...this.hours].map(([item, counts]) => [item, [...counts]]);
  }
}

/** What share of all sessions is recent, at least: enough to tell what rises from what is large. */
const RECENT_SHARE = 0.05;

/** The sessions that count as recent: since which hour (hours since 1970), and how many they are. */
export interface RecentSessions {
  readonly sinceHour: number;
  readonly sessions: number;
}

/**
 * The newest hours that hold a twentieth of all sessions, as far back as hours are counted.
 *
 * @param ended sessions by the hour of their end.
 */
export function recentSessions(ended: ReadonlyMap<number, number>, all: number): RecentSessions {
  const newest = [...ended.keys()].sort((a, b) => b - a);
  let sessions = 0;
  let sinceHour = newest[0] ?? 0;
  for (const hour of newest) {
    if (sessions >= all * RECENT_SHARE || (newest[0] as number) - hour > TRENDING_HOURS) break;
    sessions += ended.get(hour) ?? 0;
    sinceHour = hour;
  }
  return { sinceHour, sessions };
}

/** How many of the sessions that ended then (seconds since 1970) ended in each hour. */
export function sessionsByHour(endSeconds: Iterable<number>): Map<number, number> {
  const hours = new Map<number, number>();
  for (const end of endSeconds) {
    const hour = Math.floor((end * 1_000) / HOUR_MS);
    hours.set(hour, (hours.get(hour) ?? 0) + 1);
  }
  return hours;
}
