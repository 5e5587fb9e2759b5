import { parse } from 'csv-parse/stream';
import { parseWellFormed } from '../../../core/json/parse.ts';
import { rowOfCsv } from '../../../core/profile/import-row.ts';

/** A row of an uploaded file with the number of its line, counted from 1, or why the line is none. */
export type ReadRow =
  | { readonly line: number; readonly row: unknown }
  | { readonly line: number; readonly fault: string };

/** A line longer than this is refused whole. */
const MAX_LINE_LENGTH = 65_536;

/** Rows of an NDJSON file, as they come. */
export async function* readNdjson(body: ReadableStream<Uint8Array>): AsyncGenerator<ReadRow> {
  let line = 0;
  let rest = '';
  let skipping = false;
  const text = body.pipeThrough(new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>);
  for await (const chunk of text) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) {
      line += 1;
      if (skipping) skipping = false;
      else if (one.trim() !== '') yield parseLine(line, one);
    }
    if (rest.length > MAX_LINE_LENGTH) {
      if (!skipping) yield { line: line + 1, fault: `the line is longer than ${MAX_LINE_LENGTH} characters` };
      skipping = true;
      rest = '';
    }
  }
  if (!skipping && rest.trim() !== '') yield parseLine(line + 1, rest);
}

/** Rows of a CSV file with a head, as they come (RFC 4180). A fault in its form ends it. */
export async function* readCsv(body: ReadableStream<Uint8Array>): AsyncGenerator<ReadRow> {
  const parser = parse({
    columns: true,
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_LENGTH,
  });
  const records = body.pipeThrough(parser as unknown as TransformStream<Uint8Array, CsvRecord>);
  let line = 1;
  try {
    for await (const { record, info } of records) {
      line = info.lines;
      yield { line, row: rowOfCsv(record) };
    }
  } catch (error) {
    yield { line: line + 1, fault: error instanceof Error ? error.message : String(error) };
  }
}

interface CsvRecord {
  readonly record: Record<string, string>;
  readonly info: { readonly lines: number };
}

function parseLine(line: number, text: string): ReadRow {
  try {
    return { line, row: parseWellFormed(text) };
  } catch (error) {
    return { line, fault: error instanceof Error ? error.message : 'no JSON' };
  }
}
