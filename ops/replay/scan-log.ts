import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readLines } from './read-lines.ts';
import type { LineReader } from './replay-event.ts';

/** SHA-256 of a file, hex: what tells one log from another, wherever it lies. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The newest event time of a log, ms since 1970; undefined when it has no event. */
export async function newestTime(file: string, read: LineReader): Promise<number | undefined> {
  let newest: number | undefined;
  for await (const { text, number } of readLines(file)) {
    const line = text === undefined ? undefined : read(text, number);
    if (line?.kind !== 'event') continue;
    const time = Date.parse(line.event.occurredAt);
    if (newest === undefined || time > newest) newest = time;
  }
  return newest;
}
