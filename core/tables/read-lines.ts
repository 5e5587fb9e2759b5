import type { TextLine } from './csv-records.ts';

/** A line longer than this many bytes is none that we read. */
const MAX_LINE_BYTES = 65_536;
const LF = 10;
const CR = 13;
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const WINDOWS_1252 = new TextDecoder('windows-1252');

/** A file that cannot be read at all, in words for who sent it. */
export class UnreadableFile extends Error {}

/** A file as it came: its bytes and the `Content-Encoding` that was said of them. */
export interface FileBytes {
  readonly body: ReadableStream<Uint8Array> | null;
  readonly headers: { get(name: string): string | null };
}

/** A line of a file, or why it is none. */
export type ReadLine = TextLine | { readonly line: number; readonly fault: string };

/**
 * The lines of a file as they come: gzip or deflate, said or not; UTF-8 or UTF-16 by their marks, and a line that is no UTF-8
 * as windows-1252, as spreadsheets write it; ends as LF, CRLF or CR. Lines are numbered from 1 as an editor shows them.
 *
 * @throws UnreadableFile for a compression that is none of these.
 */
export async function* readLines(file: FileBytes): AsyncGenerator<ReadLine> {
  if (file.body) yield* linesOf((await openFile(file, file.body)).text);
}

/**
 * A file without its compression, as UTF-8 where its mark says what it is, and its first bytes, at most four.
 *
 * @throws UnreadableFile for a compression that we do not read.
 */
export async function openFile(
  file: FileBytes,
  body: ReadableStream<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly text: ReadableStream<Uint8Array> }> {
  const { head, whole } = await peek(await asUtf8(await inflated(file, body)));
  return { head, text: whole };
}

/** The lines of a text, each decoded for itself. */
export async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<ReadLine> {
  let line = 0;
  let parts: Uint8Array[] = [];
  let length = 0;
  let afterReturn = false;
  const finish = (): ReadLine => {
    line += 1;
    const whole = Buffer.concat(parts);
    const long = length > MAX_LINE_BYTES;
    parts = [];
    length = 0;
    return long ? { line, fault: `the line is longer than ${MAX_LINE_BYTES} bytes` } : { line, text: decode(whole) };
  };
  const keep = (part: Uint8Array) => {
    length += part.byteLength;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = 0; at < chunk.byteLength; at += 1) {
      const byte = chunk[at];
      if (byte === LF && afterReturn) from = at + 1;
      else if (byte === LF || byte === CR) {
        keep(chunk.subarray(from, at));
        yield finish();
        from = at + 1;
      }
      afterReturn = byte === CR;
    }
    keep(chunk.subarray(from));
  }
  if (length > 0) yield finish();
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return WINDOWS_1252.decode(bytes);
  }
}

type Bytes = ReadableStream<Uint8Array>;

async function inflated({ headers }: FileBytes, body: Bytes): Promise<Bytes> {
  const encoding = headers.get('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding === 'deflate') return body.pipeThrough(inflate('deflate'));
  if (encoding !== 'identity' && encoding !== 'gzip') throw unsupported(`Content-Encoding "${encoding}"`);
  const { head, whole } = await peek(body);
  if (head[0] === 0x1f && head[1] === 0x8b) return whole.pipeThrough(inflate('gzip'));
  if (head[0] === 0x50 && head[1] === 0x4b) throw unsupported('A ZIP file, or an Excel workbook,');
  if (head[0] === 0x28 && head[1] === 0xb5) throw unsupported('Zstandard');
  return whole;
}

/** The types of the two runtimes differ in what it takes. */
function inflate(format: 'gzip' | 'deflate'): TransformStream<Uint8Array, Uint8Array> {
  return new DecompressionStream(format) as unknown as TransformStream<Uint8Array, Uint8Array>;
}

function unsupported(what: string): UnreadableFile {
  return new UnreadableFile(`${what} is not understood. Send the plain file, or compress it with gzip.`);
}

/** A text in pieces, for who does not read by line. */
export async function* piecesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const pieces = bytes.pipeThrough(new TextDecoderStream('utf-8') as unknown as TransformStream<Uint8Array, string>);
  for await (const piece of pieces) yield piece;
}

/** The text as UTF-8 without its mark; what has no mark stays as it is. */
async function asUtf8(bytes: Bytes): Promise<Bytes> {
  const { head, whole } = await peek(bytes);
  const utf16 =
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
  if (utf16 === undefined) {
    const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    return marked ? withoutFirst(whole, 3) : whole;
  }
  return whole
    .pipeThrough(new TextDecoderStream(utf16) as unknown as TransformStream<Uint8Array, string>)
    .pipeThrough(new TextEncoderStream() as unknown as TransformStream<string, Uint8Array>);
}

/** The first bytes of a stream, at most four, and the stream with them. */
async function peek(stream: Bytes): Promise<{ readonly head: Uint8Array; readonly whole: Bytes }> {
  const reader = stream.getReader();
  let head: Uint8Array = new Uint8Array(0);
  let ended = false;
  while (!ended && head.byteLength < 4) {
    const { done, value } = await reader.read();
    ended = done;
    if (value) head = Buffer.concat([head, value]);
  }
  const first = head;
  const whole = new ReadableStream<Uint8Array>({
    start(controller) {
      if (first.byteLength > 0) controller.enqueue(first);
      if (ended) controller.close();
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { head, whole };
}

function withoutFirst(stream: Bytes, bytes: number): Bytes {
  let left = bytes;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const rest = chunk.subarray(Math.min(left, chunk.byteLength));
        left -= chunk.byteLength - rest.byteLength;
        if (rest.byteLength > 0) controller.enqueue(rest);
      },
    }),
  );
}
