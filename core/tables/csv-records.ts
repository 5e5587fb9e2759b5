import { parse } from 'csv-parse/sync';

/** A line of a file, numbered from 1, without its end. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/** A record with the number of its first line, or why the line is none. */
export type CsvRecord =
  | { readonly line: number; readonly record: Record<string, string> }
  | { readonly line: number; readonly fault: string };

const DELIMITERS = [',', ';', '\t', '|'];
/** Lines that a quoted cell may span before its quote counts as one that nobody closes. */
const MAX_LINES = 100;

/**
 * Reads the records of a CSV (RFC 4180) line by line, with a head, each for itself: a record that does not fit is named with its own line,
 * and hides none behind it, whatever quotes it holds. The delimiter (",", ";", tab or "|") is that which the head has most of. Give it each
 * line, then `end`.
 */
export class CsvRecords {
  private head: readonly string[] | undefined;
  private delimiter = ',';
  /** Lines of a record whose quoted cell is not closed yet. */
  private open: TextLine[] = [];

  *push(next: TextLine): Generator<CsvRecord> {
    this.open.push(next);
    yield* this.take(false);
  }

  /** The file has no more lines. */
  *end(): Generator<CsvRecord> {
    while (this.open.length > 0) yield* this.take(true);
  }

  private *take(ended: boolean): Generator<CsvRecord> {
    for (;;) {
      const [first, ...others] = this.open;
      if (!first) return;
      const text = this.open.map((line) => line.text).join('\n');
      const quotes = quotesOf(text, this.delimiterOf(first.text));
      if (quotes === 'open' && !ended && this.open.length < MAX_LINES) return;
      const [record] = quotes === 'open' ? [] : [...this.record(first.line, text)];
      // Over several lines all must fit: else a quote that was left open swallows rows until a later one closes it.
      const fits = quotes === 'closed' && (!record || 'record' in record);
      if (quotes !== 'open' && (others.length === 0 || fits)) {
        this.open = [];
        if (record) yield record;
        return;
      }
      // A quote that nobody closes spoils its own line: those behind it stand for themselves.
      yield { line: first.line, fault: 'a quoted cell is not closed: a quote inside it must be doubled' };
      this.open = [];
      for (const line of others) {
        this.open.push(line);
        yield* this.take(false);
      }
    }
  }

  private *record(line: number, text: string): Generator<CsvRecord> {
    if (text.trim() === '') return;
    let cells: string[];
    try {
      [cells = []] = parse(text, {
        delimiter: this.delimiterOf(text),
        relax_quotes: true,
        relax_column_count: true,
      });
    } catch (error) {
      yield { line, fault: error instanceof Error ? error.message : String(error) };
      return;
    }
    if (!this.head) {
      this.delimiter = this.delimiterOf(text);
      this.head = cells.map((name) => name.trim());
      return;
    }
    if (cells.length !== this.head.length) {
      yield {
        line,
        fault: `${cells.length} cells where the head has ${this.head.length}; quote a cell that holds a "${this.delimiter}"`,
      };
      return;
    }
    yield { line, record: Object.fromEntries(this.head.map((name, at) => [name, cells[at] ?? ''])) };
  }

  private delimiterOf(text: string): string {
    if (this.head) return this.delimiter;
    const counts = DELIMITERS.map((one) => text.split(one).length);
    return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
  }
}

/**
 * Whether a text ends inside a quoted cell (`open`), a quoted cell goes on behind its closing quote (`loose`), or neither. A cell is quoted
 * when it begins with a quote.
 */
function quotesOf(text: string, delimiter: string): 'open' | 'loose' | 'closed' {
  let found: 'loose' | 'closed' = 'closed';
  for (let at = 0; at >= 0 && at < text.length; ) {
    let end = at;
    if (text[at] === '"') {
      end = text.indexOf('"', at + 1);
      while (end >= 0 && text[end + 1] === '"') end = text.indexOf('"', end + 2);
      if (end < 0) return 'open';
      const after = text[end + 1];
      if (after !== undefined && after !== delimiter && after !== '\n') found = 'loose';
    }
    at = nextCell(text, end, delimiter);
  }
  return found;
}

/** Where the cell after the one at `from` begins; -1 when there is none. */
function nextCell(text: string, from: number, delimiter: string): number {
  for (let at = from; at < text.length; at += 1) if (text[at] === delimiter || text[at] === '\n') return at + 1;
  return -1;
}
