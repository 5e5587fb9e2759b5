import { uuidv7 } from 'uuidv7';
import type { ConsentDefaults } from '../../core/consent/policy.ts';
import type { DecisionSigner } from '../../core/decisions/decision-token.ts';
import { indexOf } from '../../core/events/failed-event.ts';
import { type Candidate, type Judged, judgeEvents, type RefusedEvent } from '../../core/events/judge-events.ts';
import { type Client, messageText } from '../../core/events/message.ts';
import { groupBatches, type PackedMessage, packMessages } from '../../core/events/pack.ts';
import { messageIds } from '../../core/events/trace.ts';
import type { Sender } from '../../core/events/vouch.ts';
import { keepFailed } from '../../stores/failed-events/keep-failed.ts';
import { log } from '../../stores/log.ts';
import { noteRefused } from '../../stores/pulse/gather-pulse.ts';
import { awaitShapeModels, oddOf } from '../../stores/pulse/shape-models.ts';
import { noteWatched, schemaDoor } from '../../stores/schemas/current-doors.ts';
import { settledWithin } from '../../stores/with-deadline.ts';
import { applyLive, type MessageTexts } from './apply-live.ts';
import { takeHistory } from './take-history.ts';

/** How long an answer waits for what is no part of the record: keeping refused events. Beyond it that goes on behind the answer. */
const EXTRA_WAIT_MS = 250;

/** Refused events of which nothing may be kept, or nobody wants anything. */
const KEPT_NOWHERE: ReadonlySet<string> = new Set(['no_consent', 'bot']);

const TEXT = { contentType: 'text' } as const;

/** Who brings events, and under which terms: a page's beacon, a shop's server, an import. */
export interface EventSource {
  readonly site: string;
  readonly sender: Sender;
  /** What holds for visitors who decided nothing. */
  readonly consent: ConsentDefaults;
  readonly client: Client;
  /** Whether the site does not want what bots send. */
  readonly dropsBots?: boolean;
  /** Reads the tokens of the site's decisions; nothing where none are expected. */
  readonly decisions?: DecisionSigner | undefined;
  /** When the events came, ms since 1970. */
  readonly receivedAtMs: number;
  /** Whether refused events are kept as failed; not where the source has them still, as the file of an import. */
  readonly keepsRefused: boolean;
  /** Whether readers see the events before the queue brings them; a file of thousands of people has time. */
  readonly live: boolean;
  /** Whether the site does not want events whose numbers are unlike those of others. */
  readonly refusesOdd?: boolean;
  /** Whether events that are too old for the profiles go to the lake, and are not refused. */
  readonly takesHistory?: boolean;
}

/** Events that came together. */
export interface EventBatch {
  /** Events whose form was checked. */
  readonly candidates: readonly Candidate[];
  /** Events that were refused for their form already. */
  readonly refused: readonly RefusedEvent[];
  /** When the client sent them by its own clock, ms since 1970. */
  readonly sentAtMs: number | undefined;
  /** UTF-8 bytes of what came, inflated. */
  readonly bytes: number;
}

/** What became of a batch: how many the queue has, and why the others were refused, in their order. */
export interface Taken {
  readonly accepted: number;
  /** Events that the lake has, and no profile. */
  readonly history: number;
  readonly rejected: readonly {
    readonly index: number;
    readonly id: string | null;
    readonly code: string;
    readonly message: string;
  }[];
  readonly messages: number;
  /** The id that leads from here to the lake. */
  readonly trace: string;
}

/** The queue, or the lake for history, does not take events right now: nothing was promised, the source keeps them and sends them again. */
export class QueueUnavailable extends Error {}

/**
 * The one way in: judges each event for itself, packs what is taken into messages and answers once the queue has them. By then they are on
 * their way to the live profiles as well; if that way fails, the queue brings them. What was refused is kept as failed.
 *
 * @throws {QueueUnavailable}
 */
export async function takeEvents(env: Env, source: EventSource, batch: EventBatch): Promise<Taken> {
  const { site, client, receivedAtMs } = source;
  const all = await judgeBatch(env, source, batch);
  const judged = source.refusesOdd ? await withoutOdd(env, source, batch, all) : all;
  const trace = uuidv7();
  const messages = packMessages({
    site,
    receivedAt: receivedAtMs,
    client,
    bodyBytes: batch.bytes,
    events: judged.accepted,
    newId: messageIds(trace),
  });
  const texts = new Map(messages.map((message) => [message, messageText(message.body)]));
  await enqueue(env, messages, texts);
  for (const { type, violation } of judged.watched) noteWatched(env, site, type, violation);
  const erased = await takeHistory(env, source, judged.history, trace).catch((cause) => {
    throw new QueueUnavailable('the lake does not take history', { cause });
  });
  const refused = [...batch.refused, ...judged.refused, ...erased].sort((a, b) => a.index - b.index);
  await Promise.all([source.live ? applyLive(env, texts) : undefined, keepRefused(env, source, refused)]);
  if (source.keepsRefused && refused.length > 0) noteRefused(env, site, receivedAtMs, refused);
  const rejected = refused.map(({ index, refusal, payload }) => ({
    index,
    id: indexOf(payload).eventId ?? null,
    code: refusal.code,
    message: refusal.message,
  }));
  const history = judged.history.length - erased.length;
  return { accepted: judged.accepted.length, history, rejected, messages: messages.length, trace };
}

/** Refuses events that are unlike others of their type, as far as this isolate can know them in time. */
async function withoutOdd(
  env: Env,
  { site, receivedAtMs }: EventSource,
  { candidates }: EventBatch,
  judged: Judged,
): Promise<Judged> {
  await awaitShapeModels(env, site, receivedAtMs);
  const payloads = new Map(candidates.map(({ index, event }) => [index, { ...event, proof: undefined }]));
  const together = Map.groupBy(judged.accepted, ({ ledger }) => ledger);
  const odd = judged.accepted.flatMap((one): RefusedEvent[] => {
    const features = oddOf(site, one.event, together.get(one.ledger)?.length ?? 1);
    if (!features) return [];
    const words = features.map(({ feature, value, usual }) => `${feature} is ${value}, usually ${usual}`).join('; ');
    const message = `Its numbers are unlike those of other ${one.event.type} events: ${words}. The site refuses such.`;
    return [{ index: one.index, refusal: { code: 'odd_event', message }, payload: payloads.get(one.index) }];
  });
  const refused = new Set(odd.map(({ index }) => index));
  return {
    ...judged,
    accepted: judged.accepted.filter(({ index }) => !refused.has(index)),
    refused: [...judged.refused, ...odd],
  };
}

/** What would become of a batch, without anything being done: whether it counts already only the profiles know. */
export async function judgeBatch(env: Env, source: EventSource, batch: EventBatch): Promise<Judged> {
  return judgeEvents(batch.candidates, {
    schemas: await schemaDoor(env, source.site),
    sender: source.sender,
    consent: source.consent,
    sentAtMs: batch.sentAtMs,
    receivedAtMs: source.receivedAtMs,
    horizonDays: Number(env.DEDUP_HORIZON_DAYS),
    takesHistory: source.takesHistory ?? false,
    fromUnwantedBot: source.client.bot && (source.dropsBots ?? false),
    // What a bot looks at proves nothing.
    decisions: source.client.bot ? undefined : source.decisions,
  });
}

/**
 * Hands the messages to the queue. If one call of several fails, those before it are in the queue already: the source hears of it, sends
 * all again, and the profile counts each event under the message that came first.
 */
async function enqueue(env: Env, messages: readonly PackedMessage[], texts: MessageTexts): Promise<void> {
  try {
    for (const batch of groupBatches(messages)) {
      const [first = '', ...others] = batch.map((message) => texts.get(message) ?? '');
      // One page's events are one message; a batch would be written out as base64 inside of JSON.
      if (others.length === 0) await env.EVENTS.send(first, TEXT);
      else await env.EVENTS.sendBatch([first, ...others].map((body) => ({ body, ...TEXT })));
    }
  } catch (cause) {
    throw new QueueUnavailable('the queue does not take events', { cause });
  }
}

/** A store that fails, or is slow, must not cost the good events their answer: the source is told of each refusal anyway. */
async function keepRefused(env: Env, source: EventSource, refused: readonly RefusedEvent[]): Promise<void> {
  const kept = refused.filter(({ refusal }) => !KEPT_NOWHERE.has(refusal.code));
  if (!source.keepsRefused || kept.length === 0) return;
  const { site, receivedAtMs: time, consent } = source;
  const byServer = source.sender.hasSecretKey;
  const failed = kept.map(({ refusal, payload }) => ({
    reason: refusal.code,
    message: refusal.message,
    schemaVersion: refusal.schemaVersion,
    payload,
    byServer,
  }));
  const keeping = keepFailed(env, { site, time, failed, consent }).catch((error) =>
    log('failed_events_not_stored', { site, count: failed.length, error: String(error) }),
  );
  await settledWithin(keeping, EXTRA_WAIT_MS);
}
