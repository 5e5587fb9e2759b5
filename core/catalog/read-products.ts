import { type FileBytes, linesOf, openFile, piecesOf } from '../tables/read-lines.ts';
import { type ReadRow, readCsv, readNdjson } from '../tables/read-rows.ts';
import { readFeedXml } from './feed-xml.ts';

const SMALLER_THAN = 0x3c;
const BRACES: readonly (number | undefined)[] = [0x7b, 0x5b];

const FORMATS = ['ndjson', 'csv', 'xml'] as const;
type Format = (typeof FORMATS)[number];

const MEDIA_TYPES: Readonly<Record<string, Format>> = {
  'application/x-ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/rss+xml': 'xml',
  'application/atom+xml': 'xml',
};

/**
 * The rows of a file of products as they come: NDJSON, CSV or TSV with a head, or a feed in XML, as its `Content-Type` says, or, where that
 * says nothing, as it begins.
 *
 * @throws UnreadableFile when nothing can be read at all.
 */
export async function* readProducts(file: FileBytes): AsyncGenerator<ReadRow> {
  if (!file.body) return;
  const { head, text } = await openFile(file, file.body);
  const mediaType = (file.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const format = Object.hasOwn(MEDIA_TYPES, mediaType) ? MEDIA_TYPES[mediaType] : formatOf(head);
  if (format === 'xml') yield* readFeedXml(piecesOf(text));
  else if (format === 'ndjson') yield* readNdjson(linesOf(text));
  else yield* readCsv(linesOf(text));
}

function formatOf(head: Uint8Array): Format {
  const first = head.find((byte) => byte > 0x20);
  if (first === SMALLER_THAN) return 'xml';
  return first === undefined || BRACES.includes(first) ? 'ndjson' : 'csv';
}
