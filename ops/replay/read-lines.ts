import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** A line longer than this is not read into memory; it is given as undefined. */
const MAX_LINE_BYTES = 1024 * 1024;

export interface Line {
  /** Counts from 1. */
  readonly number: number;
  /** Undefined when the line is too long. */
  readonly text: string | undefined;
}

/**
 * Streams the lines of a text file, `.gz` or not, with bounded memory. `onBytes` hears how many bytes of the file were read so far.
 */
export async function* readLines(file: string, onBytes?: (bytes: number) => void): AsyncGenerator<Line> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const stream = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  if (stream !== source) source.on('error', (error) => stream.destroy(error));
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;

  const take = (part: Buffer): void => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
    else parts = [];
  };
  const end = (): Line => {
    number += 1;
    const text = length <= MAX_LINE_BYTES ? Buffer.concat(parts).toString('utf8').replace(/\r$/, '') : undefined;
    parts = [];
    length = 0;
    return { number, text: number === 1 ? text?.replace(/^\uFEFF/, '') : text };
  };

  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      take(chunk.subarray(start, at));
      start = at + 1;
      yield end();
    }
    if (start < chunk.length) take(chunk.subarray(start));
    onBytes?.(source.bytesRead);
  }
  if (length > 0) yield end();
}
