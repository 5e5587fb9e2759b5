import { closeSync, existsSync, fdatasync, openSync, readFileSync, write } from 'node:fs';
import { promisify } from 'node:util';

const writeAsync = promisify(write);
const syncAsync = promisify(fdatasync);

/** A message as the log keeps it; `body` in base64, times in ms since 1970. */
export interface StoredMessage {
  readonly id: string;
  readonly queue: string;
  readonly timestampMs: number;
  readonly contentType: string;
  readonly body: string;
  /** Deliveries that failed so far. */
  readonly attempts: number;
  readonly notBeforeMs: number;
}

/** What happened to a message: it came (or goes back with another attempt or queue), or it is done. */
export type LogEntry = { readonly put: StoredMessage } | { readonly done: string };

/** An append-only file of entries, a JSON object a line; what `append` has answered for is on the disk. */
export interface MessageLog {
  /** Messages that were not done when the log was opened, in the order of their arrival. */
  readonly recovered: readonly StoredMessage[];
  /** Appends and syncs; calls that overlap share one sync. */
  append(entries: readonly LogEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens the log at `path`; a line cut off by a crash was never answered for and is dropped. */
export function openMessageLog(path: string): MessageLog {
  const recovered = recover(path);
  const file = openSync(path, 'a');
  let waiting = '';
  let flushing: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function flush(): Promise<void> {
    const text = waiting;
    waiting = '';
    await writeAsync(file, text);
    await syncAsync(file);
  }

  function append(entries: readonly LogEntry[]): Promise<void> {
    for (const entry of entries) waiting += `${JSON.stringify(entry)}\n`;
    next ??= (flushing ?? Promise.resolve()).then(() => {
      next = undefined;
      flushing = flush();
      return flushing;
    });
    return next;
  }

  return {
    recovered,
    append,
    close: async () => {
      await append([]);
      closeSync(file);
    },
  };
}

function recover(path: string): StoredMessage[] {
  if (!existsSync(path)) return [];
  const open = new Map<string, StoredMessage>();
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const entry = parseEntry(line);
    if (!entry) continue;
    if ('put' in entry) open.set(entry.put.id, entry.put);
    else open.delete(entry.done);
  }
  return [...open.values()];
}

function parseEntry(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}
