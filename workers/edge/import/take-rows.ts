import type { Refusal } from '../../../core/events/check-event.ts';
import type { Candidate } from '../../../core/events/judge-events.ts';
import type { WireEvent } from '../../../core/events/wire-event.ts';
import type { ReadRow } from '../../../core/tables/read-rows.ts';
import { type EventSource, takeEvents } from '../../../queues/events/take-events.ts';
import { log } from '../../../stores/log.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { answerLines, type WriteLine } from '../../http/answer-lines.ts';
import { MEASURED_BYTES } from '../ingest/limits.ts';

/** Rows between two lines of progress, which are handed on together, and characters of theirs. */
const ROWS_PER_STEP = 5_000;
const LENGTH_PER_STEP = 4_000_000;
/** Refused lines that the report names again; all are told when they are found, and counted. */
const MAX_REPORTED = 100;

/** What a row means: an event, whose form is checked, or why it is none. */
export type RowMeaning =
  | { readonly event: WireEvent; readonly warnings?: readonly string[] }
  | { readonly refusal: Refusal | { readonly code: 'invalid_row'; readonly message: string } };

interface RowImport {
  readonly site: Site;
  readonly source: EventSource;
  readonly rows: AsyncIterable<ReadRow>;
  readonly meaning: (row: unknown, line: number) => RowMeaning;
  /** Lines before it are passed over: an earlier request took them. */
  readonly from?: number;
}

/**
 * Takes the rows of a file in, streamed, step by step, as events; each is taken or refused for itself. The answer says which lines were refused
 * and how far it is while it goes on, and ends with a report. A line of progress promises all rows up to its `line`.
 */
export function takeRows(env: Env, given: RowImport): Response {
  return answerLines(
    (line) => take(env, given, line),
    async (error, line) => {
      log('import_failed', { site: given.site.id, error: String(error) });
      await line({
        error: 'The import ended before its end. Rows up to the last progress are taken; send the rest again.',
      });
      return 'ended';
    },
  );
}

async function take(env: Env, { source, rows, meaning, from = 0 }: RowImport, tell: WriteLine): Promise<void> {
  const refused = { count: 0, lines: [] as { line: number; code: string; reason: string }[] };
  const refuse = async (line: number, code: string, reason: string) => {
    refused.count += 1;
    if (refused.lines.length < MAX_REPORTED) refused.lines.push({ line, code, reason });
    await tell({ refused: { line, code, reason } });
  };
  let accepted = 0;
  let history = 0;
  let warnings = 0;
  let last = 0;
  let step: Candidate[] = [];
  let length = 0;
  const counts = () => ({ accepted, ...(source.takesHistory && { history, warnings }) });
  const flush = async () => {
    const batch = { candidates: step, refused: [], sentAtMs: undefined, bytes: MEASURED_BYTES };
    const taken = await takeEvents(env, source, batch);
    accepted += taken.accepted;
    history += taken.history;
    for (const { index, code, message } of taken.rejected) await refuse(index, code, message);
    step = [];
    length = 0;
    await tell({ progress: { line: last, ...counts(), refused: refused.count } });
  };
  for await (const read of rows) {
    if (read.line < from) continue;
    const meant =
      'fault' in read ? unreadable(read.fault) : notOfTheFuture(meaning(read.row, read.line), source.receivedAtMs);
    if ('refusal' in meant) await refuse(read.line, meant.refusal.code, meant.refusal.message);
    else {
      step.push({ index: read.line, event: meant.event });
      warnings += meant.warnings?.length ?? 0;
      length += 'row' in read ? (read.length ?? 0) : 0;
    }
    last = read.line;
    if (step.length >= ROWS_PER_STEP || length >= LENGTH_PER_STEP) await flush();
  }
  if (step.length > 0) await flush();
  refused.lines.sort((a, b) => a.line - b.line);
  await tell({ ...counts(), refused });
  log('import', { site: source.site, accepted, history, refused: refused.count });
}

function unreadable(message: string): RowMeaning {
  return { refusal: { code: 'invalid_row', message } };
}

/** What a file says of the future is a mistake of who made it. */
function notOfTheFuture(meant: RowMeaning, now: number): RowMeaning {
  if ('refusal' in meant || Date.parse(meant.event.occurredAt) <= now) return meant;
  return {
    refusal: { code: 'invalid_row', message: 'its time lies in the future; expected one that is over, with its zone' },
  };
}
