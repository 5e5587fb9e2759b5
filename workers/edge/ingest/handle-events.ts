import type { z } from 'zod';
import { deviceLedger } from '../../../core/identity/ledger.ts';
import { isUnguessable, visitorToken } from '../../../core/identity/visitor-token.ts';
import { QueueUnavailable, takeEvents } from '../../../queues/events/take-events.ts';
import { decisionSigner } from '../../../stores/decisions/decision-signer.ts';
import { proofFault } from '../../../stores/links/verify-proof.ts';
import { profileStub } from '../../../stores/objects/profile-stub.ts';
import { registeredAvro } from '../../../stores/schemas/registered-avro.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { withDeadline } from '../../../stores/with-deadline.ts';
import { answer } from '../../http/answer.ts';
import { authorizePublic } from '../../http/authorize.ts';
import { corsHeaders } from '../../http/cors.ts';
import { HttpError } from '../../http/error.ts';
import { noteRequest } from '../../http/request-log.ts';
import { clientOf } from '../visitor/client.ts';
import { collected } from '../visitor/collected.ts';
import { type NamedVisitor, namedVisitor } from '../visitor/proven-visitor.ts';
import { requestDefaults } from '../visitor/request-defaults.ts';
import { visitorCookieHeaders } from '../visitor/visitor-cookie.ts';
import { withDecidedChoices } from './decided-choices.ts';
import { RETRY_AFTER_SECONDS } from './limits.ts';
import { acceptedSchema } from './operation.ts';
import { type ParsedRequest, parseRequest } from './parse-request.ts';

/** How long an answer waits for whether its visitor is new; beyond it he gets his token with the next one. */
const CLAIM_DEADLINE_MS = 500;

/** `POST /v/events`: takes what it can read, refuses each bad event by itself, and answers 202 once the queue has the good ones. */
export async function handleEvents(request: Request, env: Env): Promise<Response> {
  const receivedAtMs = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env, 'events');
  const read = await parseRequest(request, receivedAtMs, (id) => registeredAvro(env, site.id, id));
  const { body, cookies, trace } = await takeRequest(request, url, env, site, read, receivedAtMs);
  const headers = new Headers({ ...corsHeaders(request, site), 'vitrine-trace': trace });
  if (request.headers.has('origin')) for (const cookie of cookies) headers.append('set-cookie', cookie);
  return answer(acceptedSchema, body, { status: 202, headers });
}

/** What became of the events of a request, and the cookies of the page's visitor. */
export interface Taken {
  readonly body: z.infer<typeof acceptedSchema>;
  readonly cookies: readonly string[];
  /** The id that leads from here to the lake. */
  readonly trace: string;
}

/**
 * Takes the events of a request, each once, and finds out whether its visitor may have a token.
 *
 * @param takesHistory whether events that are too old for the profiles go to the lake, and are not refused as late.
 */
export async function takeRequest(
  request: Request,
  url: URL,
  env: Env,
  site: Site,
  read: ParsedRequest,
  receivedAtMs: number,
  takesHistory = false,
): Promise<Taken> {
  const fromServer = site.keyKind === 'secret';
  const consent = requestDefaults(request, site);
  const candidates = fromServer ? await withDecidedChoices(env, site.id, consent, read.candidates) : read.candidates;
  const batch = { ...read, candidates };
  const source = {
    site: site.id,
    sender: {
      hasSecretKey: fromServer,
      trustsUnsignedLinks: site.settings.trustUnsignedLinks,
      proofFault: (token: string, claimed: Parameters<typeof proofFault>[3]) =>
        proofFault(env, site.id, token, claimed, receivedAtMs),
    },
    consent,
    client: {
      ...clientOf(request, fromServer),
      ...(site.settings.bots === 'keep' && { bot: false }),
      ...collected(request, site.settings, fromServer),
    },
    dropsBots: site.settings.bots === 'drop',
    // What the shop's server says is so.
    refusesOdd: site.settings.oddEvents === 'refuse' && !fromServer,
    decisions: decisionSigner(site),
    receivedAtMs,
    keepsRefused: true,
    live: true,
    takesHistory,
  };
  const visitor = namedVisitor(request, site, batch.visitor);
  const claiming = claimVisitor(env, site, visitor);
  const { accepted, rejected, messages, trace } = await takeEvents(env, source, batch).catch((cause) => {
    throw cause instanceof QueueUnavailable ? queueUnavailable(cause) : cause;
  });
  const claimed = await claiming;
  const codes = [...new Set(rejected.map(({ code }) => code))].join();
  noteRequest(request, {
    trace,
    accepted,
    rejected: rejected.length,
    messages,
    dropped: read.dropped,
    ...(codes !== '' && { code: codes }),
  });
  const { warnings } = batch;
  const { anonymousId, proven } = visitor;
  const mayRead = anonymousId !== undefined && (proven || claimed) && site.keyKind === 'write';
  const token = mayRead ? visitorToken(site.visitorKey, anonymousId) : undefined;
  const body = {
    accepted,
    rejected: [...rejected],
    ...(warnings.length > 0 && { warnings: [...warnings] }),
    ...(claimed && { visitorToken: token }),
  };
  return {
    body,
    trace,
    cookies: anonymousId === undefined ? [] : visitorCookieHeaders(request, url, anonymousId, token),
  };
}

/**
 * Whether the visitor whom a page names without a token may have one: his id is one that nobody guesses, and new to us. Asked while the
 * queue takes the events.
 */
async function claimVisitor(env: Env, site: Site, { anonymousId, proven }: NamedVisitor): Promise<boolean> {
  if (anonymousId === undefined || proven || !isUnguessable(anonymousId)) return false;
  const young = profileStub(env, site.id, deviceLedger(anonymousId)).isYoung();
  return (await withDeadline(young, CLAIM_DEADLINE_MS)) === true;
}

function queueUnavailable(cause: QueueUnavailable): HttpError {
  return new HttpError(503, 'The queue does not take events right now. Keep them and send them again.', {
    code: 'queue_unavailable',
    cause: cause.cause,
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
  });
}
