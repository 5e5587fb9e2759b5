import { parseWellFormed } from '../../../core/json/parse.ts';
import { rowOfCsv } from '../../../core/profile/import-row.ts';
import { type CsvRecord, CsvRecords } from '../../../core/tables/csv-records.ts';
import type { ReadLine } from '../../http/read-lines.ts';

/** A row of an uploaded file with the number of its line, counted from 1, or why the line is none. */
export type ReadRow =
  | { readonly line: number; readonly row: unknown }
  | { readonly line: number; readonly fault: string };

/** Rows of an NDJSON file, as they come. */
export async function* readNdjson(lines: AsyncIterable<ReadLine>): AsyncGenerator<ReadRow> {
  for await (const one of lines) {
    if ('fault' in one) yield one;
    else if (one.text.trim() !== '') yield parseLine(one.line, one.text);
  }
}

/** Rows of a CSV file with a head, as they come. */
export async function* readCsv(lines: AsyncIterable<ReadLine>): AsyncGenerator<ReadRow> {
  const records = new CsvRecords();
  const rowOf = (one: CsvRecord): ReadRow =>
    'record' in one ? { line: one.line, row: rowOfCsv(one.record) } : { line: one.line, fault: one.fault };
  for await (const one of lines) {
    if ('fault' in one) yield one;
    else for (const record of records.push(one)) yield rowOf(record);
  }
  for (const record of records.end()) yield rowOf(record);
}

function parseLine(line: number, text: string): ReadRow {
  try {
    return { line, row: parseWellFormed(text) };
  } catch (error) {
    return { line, fault: error instanceof Error ? error.message : 'no JSON' };
  }
}
