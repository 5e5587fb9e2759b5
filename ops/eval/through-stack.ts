import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { HOUR_MS } from '../../core/time.ts';
import { startVitrine, type Vitrine } from '../runtime/start-vitrine.ts';
import { waitCounted } from '../runtime/wait-counted.ts';
import { seedSite } from '../site/seed-site.ts';
import { SESSION_SECONDS } from './model.ts';
import type { LogSession, Question } from './read-log.ts';

const SITE = { id: 'eval', name: 'Eval', origins: [], writeKey: 'wk_eval', secretKey: 'sk_eval' };
const HEADERS = { authorization: `Bearer ${SITE.secretKey}`, 'content-type': 'application/json' };
/** Sessions of a request, and events that may wait for the consumer: more at once breaks the local queue. */
const SESSIONS_AT_ONCE = 40;
const EVENTS_AHEAD = 6_000;
const PRODUCTS_AT_ONCE = 20_000;
const LIMIT = 20;
/** Tries of a read that fell below the live tier, since everything runs on this machine at once. */
const TRIES = 20;
/** Events may be so old. */
export const MAX_SESSIONS = Math.floor((13 * 86_400) / SESSION_SECONDS);

const fitSchema = z.object({ state: z.string(), why: z.string().optional() });
const answerSchema = z.object({
  tier: z.string(),
  reason: z.string(),
  items: z.array(z.object({ id: z.string(), reason: z.object({ code: z.string() }) })),
});

/** What a whole Vitrine answered, beside what the evaluation did. */
export interface ThroughStack {
  readonly sessions: number;
  readonly fit: string | undefined;
  readonly asked: number;
  /** Answers that are the same, item by item. */
  readonly same: number;
  readonly examples: readonly string[];
}

/**
 * Sends the sessions to a whole Vitrine as events, publishes and fits there, then has new visitors do what the questions begin with and reads
 * their recommendations.
 *
 * @param answers what the evaluation answered, by question.
 */
export async function throughStack(
  sessions: readonly LogSession[],
  questions: readonly Question[],
  answers: ReadonlyMap<Question['q'], readonly string[]>,
): Promise<ThroughStack> {
  const stateDir = await mkdtemp(path.join(tmpdir(), 'vitrine-eval-'));
  const vitrine = await startVitrine({ stateDir, maxBatchTimeoutSeconds: 0.05, log: () => undefined });
  try {
    await seedSite(await vitrine.getD1('DB'), SITE);
    const asked = questions.flatMap(({ prefix }) => prefix);
    await uploadProducts(vitrine, [...new Set([...sessions.flatMap(({ items }) => items), ...asked])]);
    await sendSessions(vitrine, sessions);
    await post(vitrine, '/api/model/publish?accept=counts');
    const fit = await fitted(vitrine);
    let same = 0;
    const examples: string[] = [];
    for (const question of questions) {
      const wanted = answers.get(question.q) ?? [];
      const got = await ask(vitrine, question);
      if (wanted.join() === got.join()) same += 1;
      else if (examples.length < 3) examples.push(`${question.q}: ${wanted.join()} → ${got.join()}`);
    }
    return { sessions: sessions.length, fit, asked: questions.length, same, examples };
  } finally {
    await vitrine.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

/** A session ends `SESSION_SECONDS` after the one before, the first at a full hour, the last in the past. */
async function sendSessions(vitrine: Vitrine, sessions: readonly LogSession[]): Promise<void> {
  const lengthMs = sessions.length * SESSION_SECONDS * 1_000;
  const beginMs = Math.floor((Date.now() - lengthMs) / HOUR_MS) * HOUR_MS;
  let sent = 0;
  for (let from = 0; from < sessions.length; from += SESSIONS_AT_ONCE) {
    const events = sessions.slice(from, from + SESSIONS_AT_ONCE).flatMap(({ items }, at) => {
      const endMs = beginMs + (from + at) * SESSION_SECONDS * 1_000;
      return items.map((item, place) =>
        view(`s-${from + at}`, `${from + at}-${place}`, item, endMs - (items.length - 1 - place) * 1_000),
      );
    });
    await sendEvents(vitrine, events);
    sent += events.length;
    await waitCounted(vitrine, sent - EVENTS_AHEAD);
  }
  await waitCounted(vitrine, sent);
}

async function ask(vitrine: Vitrine, { q, prefix }: Question): Promise<string[]> {
  const visitor = `q-${q}`;
  const now = Date.now();
  const events = prefix.map((item, at) => view(visitor, `${visitor}-${at}`, item, now - (prefix.length - at) * 1_000));
  await sendEvents(vitrine, events);
  const query = new URLSearchParams({ anonymousId: visitor, strategy: 'for_you', seen: 'show', limit: String(LIMIT) });
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(`${vitrine.url}/v/recommendations?${query}`, { headers: HEADERS });
    const answer = answerSchema.parse(await response.json());
    if (answer.tier === 'live' || tries === TRIES) return answer.items.filter(fromModel).map(({ id }) => id);
  }
}

/** A slot is filled up from elsewhere where the model has too few. */
const fromModel = ({ reason }: { reason: { code: string } }) => reason.code === 'viewed';

const view = (anonymousId: string, id: string, product: string, timeMs: number) => ({
  id,
  type: 'product_viewed',
  occurredAt: new Date(timeMs).toISOString(),
  anonymousId,
  properties: { product_id: product },
});

async function sendEvents(vitrine: Vitrine, events: readonly object[]): Promise<void> {
  const LARGEST = 500;
  for (let from = 0; from < events.length; from += LARGEST) {
    const part = events.slice(from, from + LARGEST);
    const answer = await post(vitrine, '/v/events', JSON.stringify({ events: part }));
    const { accepted } = z.object({ accepted: z.int() }).parse(await answer.json());
    if (accepted !== part.length) throw new Error(`${part.length - accepted} events were refused`);
  }
}

async function uploadProducts(vitrine: Vitrine, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += PRODUCTS_AT_ONCE) {
    const lines = ids
      .slice(from, from + PRODUCTS_AT_ONCE)
      .map((id) => JSON.stringify({ id, title: id, url: `/p/${id}` }));
    await post(vitrine, '/api/catalog', lines.join('\n'));
  }
}

async function fitted(vitrine: Vitrine): Promise<string | undefined> {
  for (;;) {
    const { state, why } = fitSchema.parse(await (await post(vitrine, '/api/model/fit')).json());
    if (state === 'ended') return why;
  }
}

async function post(vitrine: Vitrine, where: string, body = ''): Promise<Response> {
  const response = await fetch(`${vitrine.url}${where}`, { method: 'POST', headers: HEADERS, body });
  if (!response.ok) throw new Error(`${where} answered ${response.status}: ${await response.text()}`);
  return response;
}
