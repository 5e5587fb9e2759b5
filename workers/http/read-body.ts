import { HttpError } from './error.ts';

/** A body's text and its length in UTF-8 bytes, inflated. */
export interface BoundedText {
  readonly text: string;
  readonly bytes: number;
}

const DECODER = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * Reads a request's body as UTF-8 text, inflating gzip, and counts bytes on the way: a client's word on its length counts only
 * where HTTP holds it to that, and a small gzip body cannot become a large text. Throws 413, 415 or 400.
 */
export async function readBoundedText(request: Request, maxBytes: number): Promise<BoundedText> {
  const whole = await readBoundedBytes(request, maxBytes);
  try {
    return { text: DECODER.decode(whole), bytes: whole.byteLength };
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** As `readBoundedText`, for a body that is no text. */
export async function readBoundedBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  try {
    const whole = isFramed(request, maxBytes)
      ? new Uint8Array(await request.arrayBuffer())
      : await readChunks(decoded(request, request.body), maxBytes);
    if (whole.byteLength > maxBytes) throw tooLarge(maxBytes);
    return whole;
  } catch (error) {
    throw error instanceof HttpError ? error : unreadable(error);
  }
}

function unreadable(cause: unknown): HttpError {
  const message = 'The body is not valid UTF-8, or not the gzip it says it is.';
  return new HttpError(400, message, { code: 'body_unreadable', cause });
}

/** Whether HTTP itself ends the body within the bound: then it comes in one piece, without a stream's objects. */
function isFramed({ headers }: Request, maxBytes: number): boolean {
  const length = headers.get('content-length');
  return headers.get('content-encoding') === null && length !== null && Number(length) <= maxBytes;
}

async function readChunks(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return concat(chunks, bytes);
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(
    413,
    `The body is larger than the ${maxBytes} bytes (after inflating) that are taken here. Send less at once.`,
    { code: 'body_too_large' },
  );
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
