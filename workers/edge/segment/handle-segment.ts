import { uuidv7 } from 'uuidv7';
import { fromSegment, SEGMENT_CALLS } from '../../../core/collect/segment.ts';
import { isRecord } from '../../../core/json/values.ts';
import { answer } from '../../http/answer.ts';
import { authorizePublic } from '../../http/authorize.ts';
import { corsHeaders } from '../../http/cors.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';
import { takeRequest } from '../ingest/handle-events.ts';
import { MAX_BODY_BYTES, MEASURED_BYTES } from '../ingest/limits.ts';
import { checkBatch } from '../ingest/parse-request.ts';
import { segmentAnswerSchema, segmentSettingsSchema } from './operation.ts';

/** Paths that take many messages. */
const BATCHES: ReadonlySet<string> = new Set(['batch', 'b', 'import']);
/** Chromium keeps no preflight longer. */
const PREFLIGHT_SECONDS = 7_200;

/**
 * `POST /v1/:call`: what Segment's libraries send, once their host is this one. Bad messages are kept as failed events and do not spoil their batch,
 * for the libraries drop a batch that is answered with 400; 503 and 429 make them come again.
 */
export async function handleSegment(request: Request, env: Env, call: string): Promise<Response> {
  const receivedAtMs = Date.now();
  const isBatch = BATCHES.has(call);
  if (!isBatch && !Object.hasOwn(SEGMENT_CALLS, call))
    throw new HttpError(
      404,
      `There is no call "${call}" of Segment's API. There are: batch, ${Object.keys(SEGMENT_CALLS).join(', ')}.`,
      {
        code: 'unknown_call',
      },
    );
  const { text, bytes } = await readBoundedText(request, MAX_BODY_BYTES);
  const body = parseJson(text);
  if (!isRecord(body) || (isBatch && !Array.isArray(body.batch)))
    throw new HttpError(400, isBatch ? 'Expected { "batch": [ … ] }.' : 'Expected one message, a JSON object.', {
      code: 'invalid_body',
    });
  const url = new URL(request.url);
  const site = await authorizePublic(
    request,
    url,
    env,
    'events',
    typeof body.writeKey === 'string' ? body.writeKey : undefined,
  );
  const messages = isBatch ? (body.batch as unknown[]) : [body];
  const now = new Date(receivedAtMs).toISOString();
  const kind = isBatch ? undefined : SEGMENT_CALLS[call as keyof typeof SEGMENT_CALLS];
  const shared = isRecord(body.context) && isBatch ? body.context : undefined;
  const events = messages.map((message) =>
    fromSegment(
      shared && isRecord(message) ? { ...message, context: { ...shared, ...contextOf(message) } } : message,
      kind,
      now,
      uuidv7,
    ),
  );
  const sentAt = typeof body.sentAt === 'string' && Number.isFinite(Date.parse(body.sentAt)) ? body.sentAt : undefined;
  const batch = { events, sentAt, anonymousId: undefined, visitorToken: undefined, dropped: undefined };
  const read = checkBatch(batch, shared ? MEASURED_BYTES : bytes);
  const takesHistory = call === 'import' && site.keyKind === 'secret';
  const { cookies, trace } = await takeRequest(request, url, env, site, read, receivedAtMs, takesHistory);
  const headers = new Headers(corsHeaders(request, site));
  headers.set('vitrine-trace', trace);
  if (request.headers.has('origin')) for (const cookie of cookies) headers.append('set-cookie', cookie);
  return answer(segmentAnswerSchema, { success: true }, { headers });
}

function contextOf(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return isRecord(message.context) ? message.context : {};
}

/** `GET /v1/projects/:key/settings`: tells Segment's browser library that everything goes here. */
export async function handleSegmentSettings(request: Request, env: Env, key: string): Promise<Response> {
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env, 'events', key);
  const settings = {
    integrations: {
      'Segment.io': {
        apiKey: key,
        apiHost: `${url.host}/v1`,
        protocol: url.protocol === 'http:' ? ('http' as const) : ('https' as const),
        deliveryStrategy: { strategy: 'batching' as const, config: { size: 10, timeout: 1_000 } },
      },
    },
  };
  return answer(segmentSettingsSchema, settings, { headers: corsHeaders(request, site) });
}

/** `OPTIONS /v1/…`: the key comes with the request itself, so any page may ask, and only the site's own are answered then. */
export function handleSegmentPreflight(request: Request): Response {
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': request.headers.get('origin') ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'authorization, content-type, x-retry-count',
      'access-control-max-age': String(PREFLIGHT_SECONDS),
      vary: 'Origin',
    },
  });
}
