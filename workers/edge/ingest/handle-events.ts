import { QueueUnavailable, takeEvents } from '../../../queues/events/take-events.ts';
import { proofFault } from '../../../stores/links/verify-proof.ts';
import { answer } from '../../http/answer.ts';
import { authorizePublic } from '../../http/authorize.ts';
import { corsHeaders } from '../../http/cors.ts';
import { HttpError } from '../../http/error.ts';
import { noteRequest } from '../../http/request-log.ts';
import { requestDefaults } from '../visitor/request-defaults.ts';
import { visitorCookie } from '../visitor/visitor-cookie.ts';
import { clientOf } from './client.ts';
import { RETRY_AFTER_SECONDS } from './limits.ts';
import { acceptedSchema } from './operation.ts';
import { parseRequest } from './parse-request.ts';

/** `POST /v/events`: takes what it can read, refuses each bad event by itself, and answers 202 once the queue has the good ones. */
export async function handleEvents(request: Request, env: Env): Promise<Response> {
  const receivedAtMs = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const batch = await parseRequest(request);
  const source = {
    site: site.id,
    sender: {
      hasSecretKey: site.keyKind === 'secret',
      trustsUnsignedLinks: site.settings.trustUnsignedLinks,
      proofFault: (token: string, claimed: Parameters<typeof proofFault>[3]) =>
        proofFault(env, site.id, token, claimed, receivedAtMs),
    },
    consent: requestDefaults(request, site),
    client: clientOf(request),
    receivedAtMs,
    keepsRefused: true,
    live: true,
  };
  const { accepted, rejected, messages } = await takeEvents(env, source, batch).catch((cause) => {
    throw cause instanceof QueueUnavailable ? queueUnavailable(cause) : cause;
  });
  noteRequest(request, { accepted, rejected: rejected.length, messages });
  const headers = new Headers(corsHeaders(request, site));
  const visitor = batch.candidates.findLast(({ event }) => event.anonymousId !== undefined)?.event.anonymousId;
  const cookie = visitorCookie(request, url, visitor);
  if (cookie) headers.append('set-cookie', cookie);
  return answer(acceptedSchema, { accepted, rejected }, { status: 202, headers });
}

function queueUnavailable(cause: QueueUnavailable): HttpError {
  return new HttpError(503, 'The queue does not take events right now. Keep them and send them again.', {
    code: 'queue_unavailable',
    cause: cause.cause,
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
  });
}
