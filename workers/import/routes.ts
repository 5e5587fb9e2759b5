import { Hono } from 'hono';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { groupBatches, packMessages } from '../../core/events/pack.ts';
import { importedEvent } from '../../core/profile/import-row.ts';
import { DAY_MS } from '../../core/profile/limits.ts';
import { DEFAULT_PURPOSE, importedTraitsSchema } from '../../core/profile/traits.ts';
import type { ApiContext } from '../api/context.ts';
import { HttpError } from '../http/error.ts';
import { log } from '../http/log.ts';
import { type ReadRow, readCsv, readNdjson } from './read-rows.ts';

/** Rows between two lines of progress, and that one `sendBatch` after the other hands to the queue. */
const ROWS_PER_STEP = 1_000;
/** Refused lines that the report names; all are counted. */
const MAX_REPORTED = 100;
/** A body that size is measured event by event when it is packed. */
const MEASURED_BYTES = 1_000_000;

/** The query of an import: what holds for rows that do not say otherwise. */
export const importQuerySchema = z.object({
  source: importedTraitsSchema.shape.source.default('import'),
  purpose: importedTraitsSchema.shape.purpose.unwrap().default(DEFAULT_PURPOSE),
  time: z.iso.datetime({ offset: true }).optional().meta({
    description: 'When the traits were known; default: now. With it, the same file again changes nothing.',
  }),
});

const READERS: Readonly<Record<string, (body: ReadableStream<Uint8Array>) => AsyncGenerator<ReadRow>>> = {
  'application/x-ndjson': readNdjson,
  'text/csv': readCsv,
};

/**
 * `POST /api/profiles/import`: traits of many people, streamed. Each row becomes an event of its person's ledger and goes the way of all
 * events. The answer tells of progress while it goes on, and ends with a report.
 */
export const importRoutes = new Hono<ApiContext>().post('/import', async (c) => {
  const query = importQuerySchema.safeParse(c.req.query());
  if (!query.success) {
    const [issue] = query.error.issues;
    throw new HttpError(400, `${issue?.path.join('.')}: ${issue?.message}`, { code: 'invalid_query' });
  }
  const mediaType = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const reader = READERS[mediaType];
  if (!reader || !c.req.raw.body)
    throw new HttpError(415, `Content-Type "${mediaType}" is not understood. Send application/x-ndjson or text/csv.`, {
      code: 'media_type_unsupported',
    });
  const { source, purpose, time } = query.data;
  const now = Date.now();
  const defaults = { source, purpose, time: time === undefined ? now : Date.parse(time) };
  const rows = reader(c.req.raw.body);
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const encoder = new TextEncoder();
  const tell = (line: object) => writer.write(encoder.encode(`${JSON.stringify(line)}\n`));
  const run = async () => {
    await take(c.env, c.get('site').id, rows, defaults, now, tell);
    await writer.close();
  };
  run().catch(async (error) => {
    log('import_failed', { site: c.get('site').id, error: String(error) });
    await tell({
      error: 'The import ended before its end. Rows up to the last progress are taken; send the rest again.',
    })
      .then(() => writer.close())
      .catch(() => undefined);
  });
  return new Response(readable, { headers: { 'content-type': 'application/x-ndjson' } });
});

type Rows = AsyncGenerator<ReadRow>;
type Defaults = Parameters<typeof importedEvent>[2];

async function take(
  env: Env,
  site: string,
  rows: Rows,
  defaults: Defaults,
  now: number,
  tell: (line: object) => Promise<void>,
): Promise<void> {
  const oldest = now - Number(env.DEDUP_HORIZON_DAYS) * DAY_MS;
  const refused = { count: 0, lines: [] as { line: number; reason: string }[] };
  const refuse = (line: number, reason: string) => {
    refused.count += 1;
    if (refused.lines.length < MAX_REPORTED) refused.lines.push({ line, reason });
  };
  let accepted = 0;
  let step: Parameters<typeof packMessages>[0]['events'][number][] = [];
  const flush = async () => {
    await enqueue(env, site, step, now);
    accepted += step.length;
    step = [];
    await tell({ progress: { accepted, refused: refused.count } });
  };
  for await (const read of rows) {
    const made = 'fault' in read ? read : importedEvent(site, read.row, defaults);
    if ('fault' in made) refuse(read.line, made.fault);
    else if (made.event.time < oldest || made.event.time > now)
      refuse(read.line, `time: it must lie in the last ${env.DEDUP_HORIZON_DAYS} days`);
    else step.push(made);
    if (step.length >= ROWS_PER_STEP) await flush();
  }
  if (step.length > 0) await flush();
  await tell({ accepted, refused });
}

async function enqueue(
  env: Env,
  site: string,
  events: Parameters<typeof packMessages>[0]['events'],
  now: number,
): Promise<void> {
  const client = { device: 'unknown', bot: false } as const;
  const messages = packMessages({ site, receivedAt: now, client, bodyBytes: MEASURED_BYTES, events, newId: uuidv7 });
  for (const batch of groupBatches(messages))
    await env.EVENTS.sendBatch(batch.map(({ body }) => ({ body, contentType: 'json' as const })));
}
