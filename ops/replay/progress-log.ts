import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { LineSet } from './line-set.ts';

/** Which replay a progress log belongs to; another file, target or site needs another progress log. */
const identitySchema = z.object({ sha256: z.string(), url: z.string(), site: z.string() });
export type ReplayIdentity = z.infer<typeof identitySchema>;

const headSchema = z.object({ v: z.literal(1), ...identitySchema.shape, shiftMs: z.int() });

/** What became of some lines. Codes of events the server rejected, and of lines the replay refused itself. */
const entrySchema = z.object({
  lines: z.array(z.int()),
  accepted: z.int().optional(),
  rejected: z.record(z.string(), z.int()).optional(),
  refused: z.object({ line: z.int(), reason: z.string() }).optional(),
});
export type ProgressEntry = z.infer<typeof entrySchema>;

const END = '{"end":true}';

/**
 * The file that lets a stopped replay go on: a head, then a line for each batch that was answered, written before the next one
 * counts. The head holds by how much times were moved, so each later replay of the same file sends the same events again.
 */
export interface ProgressLog {
  readonly shiftMs: number;
  /** Entries of the replay that is being resumed; empty when it begins anew. */
  readonly entries: readonly ProgressEntry[];
  readonly done: LineSet;
  append(entry: ProgressEntry): void;
  /** Marks the replay as complete: the next one sends everything again, with the same times. */
  finish(): void;
  close(): void;
}

/**
 * Opens the progress log at `file`, or begins one with `shiftMs()`. A replay that was not finished is resumed.
 *
 * @throws when the progress log belongs to another file, target or site.
 */
export function openProgressLog(file: string, identity: ReplayIdentity, shiftMs: () => number): ProgressLog {
  const [headLine = '', ...rest] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  const head = headLine === '' ? undefined : headSchema.parse(JSON.parse(headLine));
  if (head && !sameReplay(head, identity)) {
    throw new Error(
      `${file} belongs to another replay (${head.url}, site ${head.site}, or another file); use another --state`,
    );
  }
  const finished = rest.includes(END);
  const entries = finished ? [] : rest.flatMap(parseEntry);
  const shift = head?.shiftMs ?? shiftMs();
  const lines = [{ v: 1, ...identity, shiftMs: shift }, ...entries].map((entry) => `${JSON.stringify(entry)}\n`);
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, lines.join(''));
  const descriptor = openSync(file, 'a');
  const done = new LineSet();
  for (const entry of entries) for (const line of entry.lines) done.add(line);
  return {
    shiftMs: shift,
    entries,
    done,
    append: (entry) => {
      for (const line of entry.lines) done.add(line);
      writeSync(descriptor, `${JSON.stringify(entry)}\n`);
    },
    finish: () => void writeSync(descriptor, `${END}\n`),
    close: () => closeSync(descriptor),
  };
}

function sameReplay(a: ReplayIdentity, b: ReplayIdentity): boolean {
  return a.sha256 === b.sha256 && a.url === b.url && a.site === b.site;
}

/** An entry of the progress log; a line cut off by a kill is as if it had not been written. */
function parseEntry(text: string): ProgressEntry[] {
  try {
    return [entrySchema.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
