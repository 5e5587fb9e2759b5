import type { TimedCounts } from '../../core/alerts/increase.ts';
import type { StandingAlert } from '../../core/alerts/standing.ts';
import type { OddEvent } from '../../core/anomalies/shape-model.ts';
import { addCount, type Counts, mostCounts } from '../../core/pulse/counts.ts';
import { addMinute, emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';
import type { OddMinute } from '../../core/pulse/minute-watch.ts';
import type { Alarm, WatchState } from '../../core/pulse/site-watch.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';

/** Alarms that are kept. */
const MAX_ALARMS = 1_000;
/** Odd events that are kept. */
const MAX_ODD = 200;
/** Odd minutes that are kept. */
const MAX_ODD_MINUTES = 100;
const MINUTES_AN_HOUR = 60;
/** Counts of an hour that are kept. */
const MAX_HOUR_COUNTS = 200;

/** What the watch knew, and the minute up to which it had looked. */
interface Watched {
  readonly until: number;
  readonly state: WatchState;
}

/** An alarm with its number, and when it ended, ms since 1970. */
export interface KeptAlarm extends Alarm {
  readonly id: number;
  readonly endedAt: number | null;
}

/** A minute unlike others; its start, ms since 1970. */
export interface KeptOddMinute extends OddMinute {
  readonly minute: number;
}

/** The rows of a site's pulse. Minutes and hours are counted since 1970. */
export class PulseStore {
  private readonly sql: SqlStorage;
  private readonly kv: SyncKvStorage;

  constructor(storage: DurableObjectStorage) {
    this.sql = storage.sql;
    this.kv = storage.kv;
  }

  /** Adds to a minute: one row. */
  add(minute: number, tally: MinuteTally): void {
    const held = this.minute(minute) ?? emptyMinute();
    addMinute(held, tally);
    this.sql.exec('INSERT OR REPLACE INTO minutes (minute, tally) VALUES (?, ?)', minute, JSON.stringify(held));
  }

  minute(minute: number): MinuteTally | undefined {
    const [row] = this.sql.exec<{ tally: string }>('SELECT tally FROM minutes WHERE minute = ?', minute).toArray();
    return row && JSON.parse(row.tally);
  }

  /** The counts of all minutes, in their order; what is known of properties is not read. */
  minuteCounts(): { readonly minute: number; readonly counts: Counts }[] {
    return this.sql
      .exec<{ minute: number; counts: string }>(
        "SELECT minute, tally -> '$.counts' AS counts FROM minutes ORDER BY minute",
      )
      .toArray()
      .map(({ minute, counts }) => ({ minute, counts: JSON.parse(counts) }));
  }

  lastMinute(): number | undefined {
    return (
      this.sql.exec<{ minute: number | null }>('SELECT MAX(minute) AS minute FROM minutes').one().minute ?? undefined
    );
  }

  firstMinute(): number | undefined {
    return (
      this.sql.exec<{ minute: number | null }>('SELECT MIN(minute) AS minute FROM minutes').one().minute ?? undefined
    );
  }

  hours(from: number): { readonly hour: number; readonly counts: Counts }[] {
    return this.sql
      .exec<{ hour: number; counts: string }>('SELECT hour, counts FROM hours WHERE hour >= ? ORDER BY hour', from)
      .toArray()
      .map(({ hour, counts }) => ({ hour, counts: JSON.parse(counts) }));
  }

  /** Brings minutes before one into their hours, and drops hours before one; `each` hears of every minute. */
  fold(minute: number, hour: number, each: (tally: MinuteTally) => void): void {
    const due = this.sql
      .exec<{ minute: number; tally: string }>(
        'SELECT minute, tally FROM minutes WHERE minute < ? ORDER BY minute',
        minute,
      )
      .toArray();
    for (const [of, rows] of Map.groupBy(due, (row) => Math.floor(row.minute / MINUTES_AN_HOUR))) {
      const counts = this.hours(of).find((row) => row.hour === of)?.counts ?? {};
      for (const { tally: text } of rows) {
        const tally = JSON.parse(text) as MinuteTally;
        for (const [name, by] of Object.entries(tally.counts)) addCount(counts, name, by);
        each(tally);
      }
      this.sql.exec(
        'INSERT OR REPLACE INTO hours (hour, counts) VALUES (?, ?)',
        of,
        JSON.stringify(mostCounts(counts, MAX_HOUR_COUNTS)),
      );
    }
    this.sql.exec('DELETE FROM minutes WHERE minute < ?', minute);
    this.sql.exec('DELETE FROM hours WHERE hour < ?', hour);
  }

  keepAlarm(alarm: Alarm): number {
    const { id } = this.sql
      .exec<{ id: number }>(
        'INSERT INTO alarms (told_at, series, content) VALUES (?, ?, ?) RETURNING id',
        alarm.toldAt,
        alarm.series,
        JSON.stringify(alarm),
      )
      .one();
    this.sql.exec('DELETE FROM alarms WHERE id <= ?', id - MAX_ALARMS);
    return id;
  }

  /** Ends the alarms of series that are not open any more. */
  endAlarms(open: readonly string[], now: number): void {
    const held = new Set(open);
    const rows = this.sql
      .exec<{ id: number; series: string }>('SELECT id, series FROM alarms WHERE ended_at IS NULL')
      .toArray();
    for (const { id, series } of rows)
      if (!held.has(series)) this.sql.exec('UPDATE alarms SET ended_at = ? WHERE id = ?', now, id);
  }

  /** Alarms, the newest first. */
  alarms(limit: number): KeptAlarm[] {
    return this.sql
      .exec<{ id: number; content: string; ended_at: number | null }>(
        'SELECT id, content, ended_at FROM alarms ORDER BY id DESC LIMIT ?',
        limit,
      )
      .toArray()
      .map(({ id, content, ended_at }) => ({ ...(JSON.parse(content) as Alarm), id, endedAt: ended_at }));
  }

  /** What came since a time, ms since 1970, by its minutes and hours. */
  periods(since: number): TimedCounts[] {
    const hours = this.hours(Math.floor(since / HOUR_MS)).map(({ hour, counts }) => periodOf(hour, HOUR_MS, counts));
    const minutes = this.minuteCounts().map(({ minute, counts }) => periodOf(minute, MINUTE_MS, counts));
    return [...hours, ...minutes];
  }

  /** Keeps odd events; of all the newest. */
  keepOdd(events: readonly OddEvent[]): void {
    for (const event of events) {
      const sql = 'INSERT INTO odd_events (content) VALUES (?) RETURNING number';
      const { number } = this.sql.exec<{ number: number }>(sql, JSON.stringify(event)).one();
      this.sql.exec('DELETE FROM odd_events WHERE number <= ?', number - MAX_ODD);
    }
  }

  /** Odd events, the newest first. */
  odd(limit: number): OddEvent[] {
    return this.sql
      .exec<{ content: string }>('SELECT content FROM odd_events ORDER BY number DESC LIMIT ?', limit)
      .toArray()
      .map(({ content }) => JSON.parse(content));
  }

  /** Odd minutes, the newest first. */
  oddMinutes(): readonly KeptOddMinute[] {
    return this.kv.get<readonly KeptOddMinute[]>('odd_minutes') ?? [];
  }
  keepOddMinute(odd: KeptOddMinute): void {
    this.kv.put('odd_minutes', [odd, ...this.oddMinutes()].slice(0, MAX_ODD_MINUTES));
  }

  /** Rules that hold. */
  alerts(): readonly StandingAlert[] {
    return this.kv.get<readonly StandingAlert[]>('alerts') ?? [];
  }
  keepAlerts(alerts: readonly StandingAlert[]): void {
    if (alerts.length > 0 || this.alerts().length > 0) this.kv.put('alerts', alerts);
  }

  /** Sums since the beginning, by name. */
  totals(): Counts {
    return this.kv.get<Counts>('totals') ?? {};
  }
  keepTotals(totals: Counts): void {
    this.kv.put('totals', totals);
  }

  watched(): Watched | undefined {
    const until = this.kv.get<number>('watched_until');
    const state = this.kv.get<WatchState>('watch');
    return until === undefined || !state ? undefined : { until, state };
  }
  keepWatched({ until, state }: Watched): void {
    this.kv.put('watched_until', until);
    this.kv.put('watch', state);
  }

  get site(): string | undefined {
    return this.kv.get<string>('site');
  }
  set site(site: string | undefined) {
    if (site !== undefined && this.site !== site) this.kv.put('site', site);
  }
}

/** A minute or hour since 1970 as a period. */
function periodOf(index: number, lengthMs: number, counts: Counts): TimedCounts {
  return { from: index * lengthMs, to: (index + 1) * lengthMs, counts };
}
