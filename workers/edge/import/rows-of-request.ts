import { type ReadLine, readLines } from '../../../core/tables/read-lines.ts';
import { type ReadRow, readCsv, readNdjson } from '../../../core/tables/read-rows.ts';
import { begun } from '../../http/begun.ts';
import { HttpError } from '../../http/error.ts';

/**
 * The rows of a file that a request brings: NDJSON or CSV, by its content type, compressed or not.
 *
 * @param ofRecord what a record of a CSV says.
 * @throws HttpError 415 for other types, 400 where it cannot be read at all.
 */
export async function rowsOfRequest(
  request: Request,
  ofRecord: (record: Record<string, string>) => unknown,
): Promise<AsyncGenerator<ReadRow>> {
  const readers: Readonly<Record<string, (lines: AsyncIterable<ReadLine>) => AsyncGenerator<ReadRow>>> = {
    'application/x-ndjson': readNdjson,
    'text/csv': (lines) => readCsv(lines, ofRecord),
  };
  const mediaType = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const reader = Object.hasOwn(readers, mediaType) ? readers[mediaType] : undefined;
  if (!reader || !request.body)
    throw new HttpError(415, `Content-Type "${mediaType}" is not understood. Send application/x-ndjson or text/csv.`, {
      code: 'media_type_unsupported',
    });
  return begun(reader(readLines(request)));
}
