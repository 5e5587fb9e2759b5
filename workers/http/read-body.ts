import { HttpError } from './error.ts';

/** A body's text and its length in UTF-8 bytes, inflated. */
export interface BoundedText {
  readonly text: string;
  readonly bytes: number;
}

/**
 * Reads a request's body as UTF-8 text, inflating gzip, and counts bytes on the way: what a client says of its length is not
 * believed, and a small gzip body cannot become a large text. Throws 413, 415 or 400.
 */
export async function readBoundedText(request: Request, maxBytes: number): Promise<BoundedText> {
  if (!request.body) return { text: '', bytes: 0 };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of decoded(request, request.body)) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) {
        throw new HttpError(
          413,
          `The body is larger than ${maxBytes} bytes (after inflating). Send fewer events a request.`,
          {
            code: 'body_too_large',
          },
        );
      }
      chunks.push(chunk);
    }
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(concat(chunks, bytes));
    return { text, bytes };
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'The body is not valid UTF-8, or not the gzip it says it is.', {
      code: 'body_unreadable',
      cause: error,
    });
  }
}

function decoded(request: Request, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const encoding = request.headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return body;
  if (encoding === 'gzip') return body.pipeThrough(new DecompressionStream('gzip'));
  throw new HttpError(415, `Content-Encoding "${encoding}" is not understood. Send gzip or none.`, {
    code: 'encoding_unsupported',
  });
}

function concat(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  if (chunks.length === 1 && chunks[0]) return chunks[0];
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return whole;
}
