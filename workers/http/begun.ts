import { UnreadableFile } from '../../core/tables/read-lines.ts';
import { HttpError } from './error.ts';

/** The rows of an uploaded file, with the first one read: a file that cannot be read at all is told so before the answer begins. */
export async function begun<Row>(rows: AsyncGenerator<Row>): Promise<AsyncGenerator<Row>> {
  const first = await rows.next().catch((cause) => {
    if (cause instanceof HttpError) throw cause;
    if (cause instanceof UnreadableFile) throw new HttpError(415, cause.message, { code: 'encoding_unsupported' });
    throw new HttpError(400, 'The file cannot be read; is it the gzip it says it is?', {
      code: 'body_unreadable',
      cause,
    });
  });
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* rows;
  })();
}
