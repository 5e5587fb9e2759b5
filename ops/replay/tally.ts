import type { ProgressEntry } from './progress-log.ts';

/** A line that the replay did not send. */
export interface RefusedLine {
  readonly line: number;
  readonly reason: string;
}

/** What became of a log. Counts hold for the whole replay, stopped and resumed or not. */
export interface ReplaySummary {
  /** Events sent and answered. */
  readonly sent: number;
  readonly accepted: number;
  /** Events that the server did not take, by reason code. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Lines that could not be read, in all, and the first hundred of them. */
  readonly refused: { readonly count: number; readonly lines: readonly RefusedLine[] };
  /** Of `sent`, those that an earlier, stopped run had sent. */
  readonly resumed: number;
  /** Requests that were tried again in this run. */
  readonly retries: number;
  readonly seconds: number;
  /** Events a second in this run. */
  readonly eventsPerSecond: number;
  /** By how much times were moved, ms. */
  readonly shiftMs: number;
}

const SHOWN_LINES = 100;

/** Adds up progress log entries. */
export class Tally {
  sent = 0;
  accepted = 0;
  refused = 0;
  retries = 0;
  readonly rejected: Record<string, number> = {};
  readonly refusedLines: RefusedLine[] = [];

  add(entry: ProgressEntry): void {
    if (entry.refused) {
      this.refused += 1;
      if (this.refusedLines.length < SHOWN_LINES) this.refusedLines.push(entry.refused);
    }
    if (entry.accepted === undefined) return;
    this.sent += entry.lines.length;
    this.accepted += entry.accepted;
    for (const [code, count] of Object.entries(entry.rejected ?? {})) {
      this.rejected[code] = (this.rejected[code] ?? 0) + count;
    }
  }

  summary(resumed: number, seconds: number, shiftMs: number): ReplaySummary {
    return {
      sent: this.sent,
      accepted: this.accepted,
      rejected: this.rejected,
      refused: { count: this.refused, lines: this.refusedLines },
      resumed,
      retries: this.retries,
      seconds: Math.round(seconds * 100) / 100,
      eventsPerSecond: Math.round((this.sent - resumed) / seconds),
      shiftMs,
    };
  }
}
