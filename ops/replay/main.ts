/**
 * `npm run replay -- --file F [--url U] [--key K] [--site S] [--rate N] [--rebase now|none] [--mapping M] [--state F] [--json]`:
 * streams a click log through Vitrine's real ingest. See README.md.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { formatSummary } from './format-summary.ts';
import { type ReplayProgress, ReplayStopped, replay } from './replay.ts';

const USAGE = `usage: npm run replay -- --file FILE [options]
  --url URL         Vitrine (default http://localhost:8787)
  --key KEY         write key of the site (default wk_demo_local)
  --site SITE       name of the site (default demo)
  --rate N          events a second (default: no limit; on this machine paced so that the local queue keeps up)
  --rebase now|none move times so that the newest event is now (default: as the mapping says)
  --mapping FILE    how the columns of a CSV become events (JSON)
  --state FILE      remembers how far the replay came (default .vitrine/replay/<file>-<hash>.ndjson)
  --json            summary as one JSON object on stdout`;

const optionsSchema = z.object({
  file: z.string(),
  url: z.url().default('http://localhost:8787'),
  key: z.string().default('wk_demo_local'),
  site: z.string().default('demo'),
  rate: z.coerce.number().positive().optional(),
  rebase: z.enum(['now', 'none']).optional(),
  mapping: z.string().optional(),
  state: z.string().optional(),
  json: z.boolean().default(false),
});

const options = readOptions(optionsSchema, USAGE);
const { file, url, key, site, rate, rebase, mapping, json } = options;
const stateFile = options.state ?? defaultState(file, url, site);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const bar = process.stderr.isTTY
  ? new SingleBar({ format: '{bar} {percentage}% · {accepted} accepted · {eta_formatted}', stream: process.stderr })
  : undefined;

try {
  const summary = await replay({
    file,
    url: url.replace(/\/$/, ''),
    key,
    site,
    rate,
    rebase,
    mappingFile: mapping,
    stateFile,
    signal: stop.signal,
    onProgress: show,
  });
  bar?.stop();
  process.stdout.write(`${json ? JSON.stringify(summary) : formatSummary(summary)}\n`);
  if (!json && summary.shiftMs !== 0) {
    process.stdout.write(`the next replay of this file sends the same times: they are kept in ${stateFile}\n`);
  }
} catch (error) {
  bar?.stop();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ReplayStopped ? 130 : 1;
}

function show({ bytes, totalBytes, accepted }: ReplayProgress): void {
  if (bar && !bar.isActive) bar.start(totalBytes, 0, { accepted });
  bar?.update(bytes, { accepted });
}

/** A state file for each file, target and site. */
function defaultState(file: string, url: string, site: string): string {
  const hash = createHash('sha256')
    .update([path.resolve(file), url.replace(/\/$/, ''), site].join('\0'))
    .digest('hex')
    .slice(0, 12);
  return path.join('.vitrine', 'replay', `${path.basename(file)}-${hash}.ndjson`);
}
