/** `npm run import -- --file F`: events of any age from a file, see the usage. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { DEFAULT_BACKOFF } from '../../core/http/backoff.ts';
import { rebuildIndex } from '../index/rebuild.ts';
import { lakeApi } from '../lake/lake-api.ts';
import { readOptions } from '../read-options.ts';
import { detectFormat } from '../replay/log-format.ts';
import { ImportProgress } from './import-state.ts';
import { partsOf } from './parts.ts';
import { sendPart } from './send-part.ts';

const USAGE = `usage: npm run import -- --file FILE [options]
  takes events of any age in: those of the last days as if they came now, older ones as history into lake, rollups, orders and model;
  see docs/import.md. Broken off, it goes on where it was; the same file again changes nothing
  --file FILE       NDJSON, an event a line, or CSV with a head; .gz too
  --type TYPE       the type of rows that name none, e.g. order_completed
  --mapping FILE    how the columns of a CSV become events (JSON, see ops/replay/README.md)
  --url URL         Vitrine (default http://localhost:8787)
  --key KEY         secret key of the site (default sk_demo_local)
  --state FILE      remembers how far it came (default .vitrine/import/<file>-<hash>.json)
  --fresh           forgets how far an earlier run came
  --index now|later whether the recommendations learn from what came as history at once (default now), or when "npm run index" says so
  --json            summary as one JSON object on stdout`;

const options = readOptions(
  z.object({
    file: z.string(),
    type: z.string().optional(),
    mapping: z.string().optional(),
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    state: z.string().optional(),
    fresh: z.boolean().default(false),
    index: z.enum(['now', 'later']).default('now'),
    json: z.boolean().default(false),
  }),
  USAGE,
);

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort(new Error('stopped: run the same command to go on')));

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function run(): Promise<void> {
  const { file, type, mapping, url, key } = options;
  const startedAt = Date.now();
  const progress = await ImportProgress.open(options.state ?? (await defaultState()), options.fresh);
  const before = progress.state;
  if (before.line > 0) say(`going on after line ${number(before.line)}`);
  const reader = mapping === undefined ? undefined : (await detectFormat(file, mapping)).newReader();
  const target = {
    url,
    key,
    type,
    backoff: DEFAULT_BACKOFF,
    signal: stopping.signal,
    onRetry: (reason: string) => say(`trying again: ${reason}`),
  };
  for await (const part of partsOf({ file, type, mapping: reader, after: before.line })) {
    await progress.add(part.last, await sendPart(target, part));
    const { line, accepted, history, refused } = progress.state;
    say(`line ${number(line)}: ${number(accepted)} as if now, ${number(history)} history, ${number(refused)} refused`);
  }
  await progress.end();
  const seconds = (Date.now() - startedAt) / 1_000;
  const { state } = progress;
  const index = state.history > before.history && options.index === 'now' ? await learn() : undefined;
  const done = state.accepted + state.history + state.refused;
  const rows = done - before.accepted - before.history - before.refused;
  const summary = {
    accepted: state.accepted,
    history: state.history,
    refused: state.refused,
    warnings: state.warnings,
    resumedAfterLine: before.line,
    seconds: Number(seconds.toFixed(1)),
    rowsPerSecond: Math.round(rows / seconds),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1_024),
    ...(index && { sessions: index.lastBuild?.sessions, index: index.lastBuild?.result }),
  };
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : described(summary, progress.refusedFile));
  if (state.refused > 0) process.exitCode = 1;
}

/** Brings what came into the Parquet files, where it counts, and lets the recommendations learn from it. */
async function learn() {
  const { events } = await lakeApi(options).compact();
  say(`compacted ${number(events)} events`);
  return rebuildIndex(options, { accept: 'counts' }, say);
}

async function defaultState(): Promise<string> {
  const { file, url, key, type = '' } = options;
  const { size } = await stat(file);
  const name = [path.resolve(file), size, url, key, type].join('\0');
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return path.join('.vitrine', 'import', `${path.basename(file)}-${hash}.json`);
}

type Summary = Readonly<Record<string, number | string | undefined>>;

function described(summary: Summary, refusedFile: string): string {
  const { accepted, history, refused, warnings, rowsPerSecond, seconds, peakMegabytes, sessions, index } = summary;
  const lines = [
    `as if now    ${number(accepted)}`,
    `history      ${number(history)}`,
    `refused      ${number(refused)}${Number(refused) > 0 ? `, by line in ${refusedFile}` : ''}`,
    `warnings     ${number(warnings)}`,
    `${number(rowsPerSecond)} rows/s in ${seconds} s, at most ${peakMegabytes} MB here`,
  ];
  if (index !== undefined) lines.push(`the index from the lake: ${index}, ${number(sessions)} sessions`);
  return `${lines.join('\n')}\n`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function number(value: number | string | undefined): string {
  return Number(value ?? 0).toLocaleString('en-US');
}
