import { parseWellFormed } from '../json/parse.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import type { ReadLine } from './read-lines.ts';

/** A row of an uploaded file with the number of its line, counted from 1, or why the line is none. */
export type ReadRow =
  | {
      readonly line: number;
      readonly row: unknown;
      /** How long it was, in characters, where that is known. */
      readonly length?: number;
    }
  | { readonly line: number; readonly fault: string };

/** Rows of an NDJSON file, as they come. */
export async function* readNdjson(lines: AsyncIterable<ReadLine>): AsyncGenerator<ReadRow> {
  for await (const one of lines) {
    if ('fault' in one) yield one;
    else if (one.text.trim() !== '') yield parseLine(one.line, one.text);
  }
}

/**
 * Rows of a CSV file with a head, as they come.
 *
 * @param meaning what a record says; default: itself.
 */
export async function* readCsv(
  lines: AsyncIterable<ReadLine>,
  meaning: (record: Record<string, string>) => unknown = (record) => record,
): AsyncGenerator<ReadRow> {
  const records = new CsvRecords();
  const rowOf = (one: CsvRecord): ReadRow =>
    'record' in one
      ? { line: one.line, row: meaning(one.record), length: Object.values(one.record).join().length }
      : { line: one.line, fault: one.fault };
  for await (const one of lines) {
    if ('fault' in one) yield one;
    else for (const record of records.push(one)) yield rowOf(record);
  }
  for (const record of records.end()) yield rowOf(record);
}

function parseLine(line: number, text: string): ReadRow {
  try {
    return { line, row: parseWellFormed(text), length: text.length };
  } catch (error) {
    return { line, fault: error instanceof Error ? error.message : 'no JSON' };
  }
}
