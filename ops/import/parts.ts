import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { eventOfRecord, joinOrders } from '../../core/collect/event-rows.ts';
import { type ReadLine, readLines } from '../../core/tables/read-lines.ts';
import { type ReadRow, readCsv, readNdjson } from '../../core/tables/read-rows.ts';
import type { LineReader } from '../replay/replay-event.ts';

/** Rows that go in one request: their NDJSON, and the line of each in the file. */
export interface Part {
  readonly lines: readonly number[];
  readonly rows: readonly string[];
  /** Lines that are no rows, with why. */
  readonly faults: readonly { readonly line: number; readonly reason: string }[];
  /** The last line that is done with this part. */
  readonly last: number;
}

/** Rows of a request, and characters of theirs. */
const ROWS_PER_PART = 20_000;
const LENGTH_PER_PART = 8_000_000;

export interface FileReading {
  readonly file: string;
  /** The type of rows that name none. */
  readonly type: string | undefined;
  /** How the columns of a CSV become events; without it its head says so itself. */
  readonly mapping: LineReader | undefined;
  /** Lines up to it are done. */
  readonly after: number;
}

/** Cuts a file into parts, in order, in bounded memory. An order whose rows follow each other stays whole. */
export async function* partsOf({ file, type, mapping, after }: FileReading): AsyncGenerator<Part> {
  let open = emptyPart();
  for await (const read of joinOrders(rowsOf(file, mapping), type)) {
    if (read.line <= after) continue;
    open.last = read.line;
    if ('fault' in read) open.faults.push({ line: read.line, reason: read.fault });
    else {
      const text = JSON.stringify(read.row);
      open.rows.push(text);
      open.lines.push(read.line);
      open.length += text.length;
    }
    if (open.rows.length < ROWS_PER_PART && open.length < LENGTH_PER_PART) continue;
    yield open;
    open = emptyPart();
  }
  if (open.last > 0) yield open;
}

function emptyPart() {
  return { lines: [] as number[], rows: [] as string[], faults: [] as Part['faults'][number][], last: 0, length: 0 };
}

function rowsOf(file: string, mapping: LineReader | undefined): AsyncGenerator<ReadRow> {
  const body = Readable.toWeb(createReadStream(file)) as unknown as ReadableStream<Uint8Array>;
  const lines = readLines({ body, headers: new Headers() });
  if (mapping) return mapped(lines, mapping);
  return /\.(csv|tsv|txt)(\.gz)?$/i.test(file) ? readCsv(lines, eventOfRecord) : readNdjson(lines);
}

async function* mapped(lines: AsyncIterable<ReadLine>, read: LineReader): AsyncGenerator<ReadRow> {
  for await (const one of lines) {
    if ('fault' in one) yield one;
    else {
      const found = read(one.text, one.line);
      if (found.kind === 'event') yield { line: one.line, row: found.event };
      else if (found.kind === 'refused') yield { line: one.line, fault: found.reason };
    }
  }
}
