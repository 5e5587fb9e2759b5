import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, DEFAULT_BACKOFF } from '../../core/http/backoff.ts';
import { Pace } from '../send-events/pace.ts';
import { sendBatch, type Target } from '../send-events/send-batch.ts';
import { type NumberedEvent, VisitorBatches } from './batch-by-visitor.ts';
import { detectFormat, type LogFormat } from './log-format.ts';
import { openProgressLog, type ProgressLog } from './progress-log.ts';
import { readLines } from './read-lines.ts';
import { rebaseEvent, rebaseShift } from './rebase.ts';
import { refused } from './replay-event.ts';
import { fileSha256, newestTime } from './scan-log.ts';
import { type ReplaySummary, Tally } from './tally.ts';

/** Most events in a request: what a beacon gathers on a few pages. */
const BATCH_EVENTS = 25;
/** Most events held back to make batches: some megabytes at most. */
const WINDOW_EVENTS = 5_000;
/** Requests under way at a time. */
const LOCAL_CONCURRENCY = 4;
const REMOTE_CONCURRENCY = 16;
/**
 * Requests a second to this machine when no rate is asked for. The queue simulator holds its messages in memory and breaks with
 * more than 10,000 of them, one or more a request; the consumer keeps up with this rate.
 */
const LOCAL_REQUESTS_PER_SECOND = 150;
const TIMEOUT_MS = 30_000;

export interface ReplayOptions {
  readonly file: string;
  /** Base URL of Vitrine. */
  readonly url: string;
  /** Write key of the site. */
  readonly key: string;
  /** Only names the replay: the key decides the site. */
  readonly site: string;
  /** File that remembers how far the replay came and by how much it moves times. */
  readonly stateFile: string;
  /** Events a second; default: no limit, or for this machine `LOCAL_REQUESTS_PER_SECOND`. */
  readonly rate?: number | undefined;
  /** Whether times move so that the newest event is now; default: as the mapping says. */
  readonly rebase?: 'now' | 'none' | undefined;
  readonly mappingFile?: string | undefined;
  readonly batchEvents?: number | undefined;
  readonly backoff?: Backoff | undefined;
  /** Stops the replay; what is under way is finished first, so that nothing is sent twice. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly sent: number;
  readonly accepted: number;
}

/** Thrown when `signal` stopped the replay; running it again goes on. */
export class ReplayStopped extends Error {
  override name = 'ReplayStopped';
}

/**
 * Streams a click log through `POST /v/events`, each request holding events of one visitor, and tells what became of it. Memory
 * is bounded by a window, whatever the file's size. A replay that was stopped or killed goes on where it was; one that was
 * completed sends the same events again, with the same ids and times, and so changes nothing.
 *
 * @throws ReplayStopped when stopped; otherwise when the file can't be read or the server takes nothing any more.
 */
export async function replay(options: ReplayOptions): Promise<ReplaySummary> {
  const format = await detectFormat(options.file, options.mappingFile);
  const progressLog = await openReplayJournal(options, format);
  try {
    return await run(options, format, progressLog);
  } finally {
    progressLog.close();
  }
}

async function openReplayJournal(options: ReplayOptions, format: LogFormat): Promise<ProgressLog> {
  const identity = { sha256: await fileSha256(options.file), url: options.url, site: options.site };
  const newest =
    (options.rebase ?? format.rebase) === 'now' ? await newestTime(options.file, format.newReader()) : undefined;
  return openProgressLog(options.stateFile, identity, () => rebaseShift(newest, Date.now()));
}

async function run(options: ReplayOptions, format: LogFormat, progressLog: ProgressLog): Promise<ReplaySummary> {
  const local = isLocal(options.url);
  const startMs = Date.now();
  const tally = new Tally();
  for (const entry of progressLog.entries) tally.add(entry);
  const resumed = tally.sent;
  const { size: totalBytes } = await stat(options.file);
  let bytes = 0;
  const target: Target = {
    url: options.url,
    key: options.key,
    backoff: options.backoff ?? DEFAULT_BACKOFF,
    timeoutMs: TIMEOUT_MS,
    onRetry: () => {
      tally.retries += 1;
    },
  };
  const eventPace = new Pace(options.rate ?? Number.POSITIVE_INFINITY);
  const requestPace = new Pace(
    local && options.rate === undefined ? LOCAL_REQUESTS_PER_SECOND : Number.POSITIVE_INFINITY,
  );
  const concurrency = local ? LOCAL_CONCURRENCY : REMOTE_CONCURRENCY;
  const underWay = new Set<Promise<void>>();
  let failure: Error | undefined;

  const record = (entry: Parameters<ProgressLog['append']>[0]): void => {
    progressLog.append(entry);
    tally.add(entry);
    options.onProgress?.({ bytes, totalBytes, sent: tally.sent, accepted: tally.accepted });
  };
  const send = async (batch: readonly NumberedEvent[]): Promise<void> => {
    const nowMs = Date.now();
    const pauseMs = Math.max(eventPace.reserve(batch.length, nowMs), requestPace.reserve(1, nowMs));
    if (pauseMs > 0)
      await sleep(pauseMs, undefined, options.signal ? { signal: options.signal } : undefined).catch(() => undefined);
    if (failure || options.signal?.aborted) return;
    const sending: Promise<void> = sendBatch(
      target,
      batch.map(({ event }) => event),
    ).then(
      (outcome) => record({ lines: batch.map(({ line }) => line), ...outcome }),
      (error: unknown) => {
        failure ??= error instanceof Error ? error : new Error(String(error));
      },
    );
    const tracked = sending.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
    if (underWay.size >= concurrency) await Promise.race(underWay);
  };

  const read = format.newReader();
  const batches = new VisitorBatches({ batchEvents: options.batchEvents ?? BATCH_EVENTS, windowEvents: WINDOW_EVENTS });
  for await (const { text, number } of readLines(options.file, (count) => {
    bytes = count;
  })) {
    if (failure || options.signal?.aborted) break;
    const line = text === undefined ? refused('the line is longer than 1 MiB') : read(text, number);
    if (progressLog.done.has(number)) continue;
    if (line.kind === 'nothing') record({ lines: [number] });
    else if (line.kind === 'refused') record({ lines: [number], refused: { line: number, reason: line.reason } });
    else {
      const batch = batches.add({ line: number, event: rebaseEvent(line.event, progressLog.shiftMs) });
      if (batch) await send(batch);
    }
  }
  for (const batch of batches.rest()) {
    if (failure || options.signal?.aborted) break;
    await send(batch);
  }
  await Promise.all(underWay);
  if (failure) throw failure;
  if (options.signal?.aborted) throw new ReplayStopped(`stopped after ${tally.sent} events; run it again to go on`);
  progressLog.finish();
  options.onProgress?.({ bytes: totalBytes, totalBytes, sent: tally.sent, accepted: tally.accepted });
  return tally.summary(resumed, Math.max(0.001, (Date.now() - startMs) / 1_000), progressLog.shiftMs);
}

function isLocal(url: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}
