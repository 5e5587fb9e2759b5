import { uuidv7 } from 'uuidv7';
import type { Refusal } from '../../core/events/check-event.ts';
import { CRITICAL_TYPES } from '../../core/events/critical-types.ts';
import { enrichEvent } from '../../core/events/enrich.ts';
import type { EnrichedEvent, EventMessage } from '../../core/events/message.ts';
import { groupBatches, type PackedMessage, packMessages } from '../../core/events/pack.ts';
import type { WireEvent } from '../../core/events/wire-event.ts';
import { eventLedger, type Ledger } from '../../core/identity/ledger.ts';
import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';
import { requestDefaults } from '../consent/request-defaults.ts';
import { nameOf, storeFailedEvents } from '../failed-events/store-failed.ts';
import { corsHeaders } from '../http/cors.ts';
import { HttpError } from '../http/error.ts';
import { log } from '../http/log.ts';
import { followLinks } from '../identity/follow-links.ts';
import { LINK_TYPES, needsVouching, vouch } from '../identity/vouch.ts';
import { authorizePublic } from '../site/authorize.ts';
import { visitorCookie } from '../site/visitor-cookie.ts';
import { checkConsent } from './check-consent.ts';
import { clientOf } from './client.ts';
import { lateRefusal } from './late.ts';
import { CRITICAL_DEADLINE_MS, RETRY_AFTER_SECONDS } from './limits.ts';
import { parseRequest, type RefusedEvent } from './parse-request.ts';

const NOT_NEEDED = { proof: undefined };

/**
 * `POST /v/events`: takes what it can read, refuses each bad event by itself, and answers 202 once the queue has the good ones.
 * Critical events are in the live profile before the answer, as a rule; if that way fails, the queue brings them.
 */
export async function handleEvents(request: Request, env: Env): Promise<Response> {
  const startedAt = Date.now();
  const url = new URL(request.url);
  const site = await authorizePublic(request, url, env);
  const parsed = await parseRequest(request);
  const refused: RefusedEvent[] = [...parsed.refused];
  const accepted: { ledger: Ledger; event: EnrichedEvent }[] = [];
  const defaults = requestDefaults(request, site);
  let visitor: string | undefined;
  for (const { index, event: wire } of parsed.good) {
    const vouched = needsVouching(wire) ? await vouch(env, site, wire, startedAt) : NOT_NEEDED;
    const checked = enrichChecked(wire, vouched, checkConsent(wire, defaults), (known) =>
      enrichInTime(env, wire, parsed.sentAtMs, startedAt, known),
    );
    if ('refusal' in checked) {
      refused.push({ index, refusal: checked.refusal, payload: { ...wire, proof: undefined } });
      continue;
    }
    accepted.push({ ledger: eventLedger(wire), event: checked });
    visitor = wire.anonymousId ?? visitor;
  }
  const messages = packMessages({
    site: site.id,
    receivedAt: startedAt,
    client: clientOf(request),
    bodyBytes: parsed.bodyBytes,
    events: accepted,
    newId: uuidv7,
  });
  await enqueue(env, messages);
  await Promise.all([applyCritical(env, messages), keepRefused(env, site.id, startedAt, refused)]);
  log('ingest', {
    site: site.id,
    accepted: accepted.length,
    rejected: refused.length,
    messages: messages.length,
    ms: Date.now() - startedAt,
  });
  const headers = new Headers({ ...corsHeaders(request, site), 'content-type': 'application/json' });
  const cookie = visitorCookie(request, url, visitor);
  if (cookie) headers.append('set-cookie', cookie);
  const rejected = refused
    .sort((a, b) => a.index - b.index)
    .map(({ index, refusal, payload }) => ({
      index,
      id: nameOf(payload).eventId ?? null,
      code: refusal.code,
      message: refusal.message,
    }));
  return new Response(JSON.stringify({ accepted: accepted.length, rejected }), { status: 202, headers });
}

/** The event with its proof and its consent, or the first reason why it may not be taken in. */
function enrichChecked(
  wire: WireEvent,
  vouched: Awaited<ReturnType<typeof vouch>>,
  agreed: ReturnType<typeof checkConsent>,
  enrich: (known: Pick<EnrichedEvent, 'proof' | 'consent'>) => EnrichedEvent | { readonly refusal: Refusal },
): EnrichedEvent | { readonly refusal: Refusal } {
  if ('refusal' in agreed) return agreed;
  if ('refusal' in vouched) return vouched;
  const proof = LINK_TYPES.has(wire.type) ? vouched.proof : undefined;
  return enrich({ proof, consent: agreed.consent });
}

/** The enriched event, or why it is too late to be counted exactly. */
function enrichInTime(
  env: Env,
  wire: WireEvent,
  sentAtMs: number | undefined,
  receivedAtMs: number,
  known: Pick<EnrichedEvent, 'proof' | 'consent'>,
): EnrichedEvent | { readonly refusal: Refusal } {
  const event = enrichEvent(wire, sentAtMs, receivedAtMs, known);
  const refusal = lateRefusal(event, receivedAtMs, Number(env.DEDUP_HORIZON_DAYS));
  return refusal ? { refusal } : event;
}

/**
 * Hands the messages to the queue. If one call of several fails, those before it are in the queue already: the client gets a
 * 503, sends all again, and the profile counts each event under the message that came first.
 */
async function enqueue(env: Env, messages: readonly PackedMessage[]): Promise<void> {
  try {
    for (const batch of groupBatches(messages)) {
      await env.EVENTS.sendBatch(batch.map(({ body }) => ({ body, contentType: 'json' as const })));
    }
  } catch (cause) {
    throw new HttpError(503, 'The queue does not take events right now. Keep them and send them again.', {
      code: 'queue_unavailable',
      cause,
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    });
  }
}

/** Applies critical events at once. The queue has them already, so a failure costs freshness and nothing else. */
async function applyCritical(env: Env, messages: readonly PackedMessage[]): Promise<void> {
  const calls = messages.flatMap(({ body }) => {
    const events = body.events.filter((event) => CRITICAL_TYPES.has(event.type));
    return events.length > 0 ? [applyAndLink(env, body, events)] : [];
  });
  if (calls.length === 0) return;
  const deadline = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => deadline.resolve('late'), CRITICAL_DEADLINE_MS);
  const outcome = await Promise.race([Promise.allSettled(calls), deadline.promise]);
  clearTimeout(timer);
  const missed = outcome === 'late' ? calls.length : outcome.filter(({ status }) => status === 'rejected').length;
  if (missed > 0) log('critical_deferred', { profiles: missed });
}

async function applyAndLink(
  env: Env,
  { id, site, ledger, client }: EventMessage,
  events: EnrichedEvent[],
): Promise<void> {
  const { outcomes } = await profileStub(env, site, ledger).apply([{ id, events, client }]);
  await followLinks(
    env,
    site,
    events.filter((_, index) => outcomes[0]?.[index] === 'counted').map((event) => ({ ...event, ledger })),
  );
}

/**
 * A store that fails must not cost the good events their answer: the client is told of each refusal anyway. What nobody agreed to is
 * not kept.
 */
async function keepRefused(env: Env, site: string, time: number, refused: readonly RefusedEvent[]): Promise<void> {
  const kept = refused.filter(({ refusal }) => refusal.code !== 'no_consent');
  const failed = kept.map(({ refusal, payload }) => ({
    reason: refusal.code,
    message: refusal.message,
    ...nameOf(payload),
    payload,
  }));
  try {
    await storeFailedEvents(env, site, time, failed);
  } catch (error) {
    log('failed_events_not_stored', { site, count: failed.length, error: String(error) });
  }
}
