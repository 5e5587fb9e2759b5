import { Hono } from 'hono';
import { consentDefaults } from '../../../core/consent/policy.ts';
import type { Candidate } from '../../../core/events/judge-events.ts';
import { importedEvent, rowOfCsv } from '../../../core/profile/import-row.ts';
import { type ReadLine, readLines } from '../../../core/tables/read-lines.ts';
import { type ReadRow, readCsv, readNdjson } from '../../../core/tables/read-rows.ts';
import { type EventSource, takeEvents } from '../../../queues/events/take-events.ts';
import { log } from '../../../stores/log.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { answerLines, type WriteLine } from '../../http/answer-lines.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { begun } from '../../http/begun.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { importQuerySchema } from './operation.ts';

/** Rows between two lines of progress, and that one `sendBatch` after the other hands to the queue. */
const ROWS_PER_STEP = 1_000;
/** Refused lines that the report names; all are counted. */
const MAX_REPORTED = 100;
/** A body that size is measured event by event when it is packed. */
const MEASURED_BYTES = 1_000_000;

const READERS: Readonly<Record<string, (lines: AsyncIterable<ReadLine>) => AsyncGenerator<ReadRow>>> = {
  'application/x-ndjson': readNdjson,
  'text/csv': (lines) => readCsv(lines, rowOfCsv),
};

/**
 * `POST /api/profiles/import`: traits of many people, streamed. Each row becomes an event of its person's ledger and goes the way of all
 * events. The answer tells of progress while it goes on, and ends with a report.
 */
export const importRoutes = new Hono<ApiContext>().post('/import', async (c) => {
  const { source, purpose, time } = checkedQuery(importQuerySchema, c.req.query());
  const mediaType = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const reader = READERS[mediaType];
  if (!reader || !c.req.raw.body)
    throw new HttpError(415, `Content-Type "${mediaType}" is not understood. Send application/x-ndjson or text/csv.`, {
      code: 'media_type_unsupported',
    });
  const now = Date.now();
  const defaults = { source, purpose, time: time === undefined ? now : Date.parse(time) };
  const rows = await begun(reader(readLines(c.req.raw)));
  const site = c.get('site');
  return answerLines(
    (line) => take(c.env, sourceOf(site, now), rows, defaults, line),
    async (error, line) => {
      log('import_failed', { site: site.id, error: String(error) });
      await line({
        error: 'The import ended before its end. Rows up to the last progress are taken; send the rest again.',
      });
      return 'ended';
    },
  );
});

/** The shop's own server, which knows whom it speaks of. */
function sourceOf(site: Site, receivedAtMs: number): EventSource {
  return {
    site: site.id,
    sender: { hasSecretKey: true, trustsUnsignedLinks: false, proofFault: async () => 'an import bears no proofs' },
    consent: consentDefaults(site.settings.consent, { inEuropeanUnion: false, globalPrivacyControl: false }),
    client: { device: 'unknown', bot: false },
    receivedAtMs,
    keepsRefused: false,
    live: false,
  };
}

type Rows = AsyncGenerator<ReadRow>;
type Defaults = Parameters<typeof importedEvent>[2];

/** Takes the rows in, step by step; the line of a row is its index. */
async function take(env: Env, source: EventSource, rows: Rows, defaults: Defaults, tell: WriteLine): Promise<void> {
  const refused = { count: 0, lines: [] as { line: number; reason: string }[] };
  const refuse = (line: number, reason: string) => {
    refused.count += 1;
    if (refused.lines.length < MAX_REPORTED) refused.lines.push({ line, reason });
  };
  let accepted = 0;
  let step: Candidate[] = [];
  const flush = async () => {
    const taken = await takeEvents(env, source, {
      candidates: step,
      refused: [],
      sentAtMs: undefined,
      bytes: MEASURED_BYTES,
    });
    accepted += taken.accepted;
    for (const { index, message } of taken.rejected) refuse(index, message);
    step = [];
    await tell({ progress: { accepted, refused: refused.count } });
  };
  for await (const read of rows) {
    const made = 'fault' in read ? read : importedEvent(source.site, read.row, defaults, read.line);
    if ('fault' in made) refuse(read.line, made.fault);
    else if (Date.parse(made.occurredAt) > source.receivedAtMs)
      refuse(read.line, 'time: it must not lie in the future');
    else step.push({ index: read.line, event: made });
    if (step.length >= ROWS_PER_STEP) await flush();
  }
  if (step.length > 0) await flush();
  refused.lines.sort((a, b) => a.line - b.line);
  await tell({ accepted, refused });
  log('import', { site: source.site, accepted, refused: refused.count });
}
