import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type ColumnMapping, columnMappingSchema } from './column-mapping.ts';
import { csvLineReader } from './read-csv-line.ts';
import { readEventLine } from './read-event-line.ts';
import { readLines } from './read-lines.ts';
import type { LineReader } from './replay-event.ts';
import { looksLikeTaobao, taobaoMapping } from './taobao-mapping.ts';

/** How to read a log. */
export interface LogFormat {
  readonly name: string;
  /** A new reader; a reader of CSV remembers its header. */
  readonly newReader: () => LineReader;
  readonly rebase: 'now' | 'none';
}

const NDJSON: LogFormat = { name: 'NDJSON', newReader: () => readEventLine, rebase: 'none' };

/**
 * Finds out how to read a log: by the mapping file if there is one, else by its name or its first line.
 *
 * @throws when the mapping is not valid, or the file is neither NDJSON nor a CSV we know.
 */
export async function detectFormat(file: string, mappingFile?: string): Promise<LogFormat> {
  if (mappingFile !== undefined) {
    const parsed = columnMappingSchema.safeParse(JSON.parse(await readFile(mappingFile, 'utf8')));
    if (!parsed.success) throw new Error(`${mappingFile} is not a column mapping:\n${z.prettifyError(parsed.error)}`);
    return csvFormat('CSV', parsed.data);
  }
  if (/\.(ndjson|jsonl)(\.gz)?$/.test(file)) return NDJSON;
  for await (const { text = '' } of readLines(file)) {
    if (text.trim() === '') continue;
    if (text.trimStart().startsWith('{')) return NDJSON;
    if (looksLikeTaobao(text)) return csvFormat('Taobao UserBehavior', taobaoMapping);
    break;
  }
  throw new Error(`${file} is neither NDJSON nor a known CSV; say how its columns become events with --mapping`);
}

function csvFormat(name: string, mapping: ColumnMapping): LogFormat {
  return { name, newReader: () => csvLineReader(mapping), rebase: mapping.rebase };
}
