import { DEFAULT_BACKOFF, pauseBefore } from '../../core/http/backoff.ts';
import type { RecommendationQuery, Recommendations, RefusedEvent, ServerEvent } from './events.ts';

export type { RecommendationQuery, Recommendations, RefusedEvent, ServerEvent } from './events.ts';

/** How the client runs. */
export interface ServerOptions {
  /** Where Vitrine answers, e.g. `https://v.shop.example`. */
  readonly url: string;
  /** The site's secret key, `sk_…`. */
  readonly secretKey: string;
  /** Events that go at once; default 100, at most 500. */
  readonly flushAt?: number;
  /** How long events wait for company, ms; default 1,000. */
  readonly flushIntervalMs?: number;
  /** Events that may wait; beyond it the oldest are given up, and `onRefused` hears of them. Default 100,000. */
  readonly maxWaiting?: number;
  /** How often a request is tried; default 25, about two minutes. */
  readonly attempts?: number;
  /** Hears of each event that was not taken; default: a warning on the console. */
  readonly onRefused?: (refused: RefusedEvent) => void;
  readonly fetch?: typeof fetch;
}

interface Waiting {
  readonly event: ServerEvent & { readonly id: string };
  readonly text: string;
}

/** Bytes of a request; the server takes 512 KB. */
const MAX_BYTES = 450_000;
const MAX_EVENTS = 500;
const REQUEST_TIMEOUT_MS = 15_000;
/** Recommendations are for pages that wait: what is later is of no use. */
const READ_TIMEOUT_MS = 2_000;

/** The server did not answer, or not as it should. */
export class VitrineError extends Error {
  /** 0 where there was no answer. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/**
 * A shop's server's way to Vitrine: sends events in batches and tries again, each counting once; asks for recommendations. What waits when a
 * process of Node comes to its end by itself is sent before; who ends it by a signal calls `close` first.
 *
 * @example
 * const vitrine = new VitrineServer({ url: 'https://v.shop.example', secretKey: process.env.VITRINE_KEY });
 * vitrine.track({ type: 'order_completed', userId: 'u-1', id: 'order-4711', properties: { order_id: '4711', total: 60 } });
 * const { items } = await vitrine.recommend({ slot: 'mail', userId: 'u-1', limit: 4 });
 * await vitrine.close();
 */
export class VitrineServer {
  readonly #options: Required<ServerOptions>;
  #waiting: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;
  readonly #beforeExit = () => void this.flush();

  constructor(options: ServerOptions) {
    const given = Object.fromEntries(
      Object.entries(options).filter(([, value]) => value !== undefined),
    ) as ServerOptions;
    this.#options = {
      flushAt: 100,
      flushIntervalMs: 1_000,
      maxWaiting: 100_000,
      attempts: DEFAULT_BACKOFF.attempts,
      onRefused: ({ event, code, message }) => console.warn(`Vitrine: ${event.type} ${event.id}: ${code}: ${message}`),
      fetch: globalThis.fetch,
      ...given,
    };
    nodeProcess()?.on('beforeExit', this.#beforeExit);
  }

  /**
   * Takes an event to be sent, and returns its id.
   *
   * @throws TypeError for what JSON cannot hold, and RangeError for a time that is none.
   */
  track(event: ServerEvent): string {
    const { id = crypto.randomUUID(), occurredAt = new Date(), ...others } = event;
    const time = typeof occurredAt === 'string' ? occurredAt : occurredAt.toISOString();
    this.#waiting.push({ event: { ...event, id }, text: JSON.stringify({ id, occurredAt: time, ...others }) });
    if (this.#waiting.length > this.#options.maxWaiting)
      this.#refuse(this.#waiting.shift(), 'too_many', 'too many wait');
    if (this.#waiting.length >= this.#options.flushAt) void this.flush();
    else if (this.#timer === undefined) {
      this.#timer = setTimeout(() => void this.flush(), this.#options.flushIntervalMs);
      // Nothing keeps a process alive but what is under way.
      (this.#timer as { unref?: () => void }).unref?.();
    }
    return id;
  }

  /** Says who a user is. */
  identify(userId: string, traits: Readonly<Record<string, unknown>> = {}, anonymousId?: string): string {
    return this.track({
      type: 'identify',
      userId,
      properties: traits,
      ...(anonymousId !== undefined && { anonymousId }),
    });
  }

  /** Sends what waits; done once each event was taken, or given up. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#sending) await this.#sending;
    if (this.#waiting.length === 0) return;
    this.#sending = this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    await this.#sending;
  }

  /** Sends what waits, and lets the process be. */
  async close(): Promise<void> {
    await this.flush();
    nodeProcess()?.off('beforeExit', this.#beforeExit);
  }

  /**
   * What a slot shows to somebody.
   *
   * @throws {VitrineError} where the server does not answer in two seconds, or refuses; show what needs nobody then.
   */
  async recommend(query: RecommendationQuery): Promise<Recommendations> {
    const url = new URL('/v/recommendations', this.#options.url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const response = await this.#ask(url, { headers: this.#headers() }, READ_TIMEOUT_MS);
    if (response.ok) return (await response.json()) as Recommendations;
    throw new VitrineError(await detailOf(response), response.status);
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) await this.#sendBatch(this.#take());
  }

  /** The next events that fit one request. */
  #take(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { text } of this.#waiting) {
      // A character may take three bytes of UTF-8.
      bytes += text.length * 3;
      if (count > 0 && (bytes > MAX_BYTES || count >= MAX_EVENTS)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const body = `{"sentAt":"${new Date().toISOString()}","events":[${batch.map(({ text }) => text).join(',')}]}`;
    const url = new URL('/v/events', this.#options.url);
    const request = { method: 'POST', headers: { ...this.#headers(), 'content-type': 'application/json' }, body };
    let why = '';
    for (let attempt = 0; attempt < this.#options.attempts; attempt += 1) {
      let retryAfter: string | null = null;
      try {
        const response = await this.#ask(url, request, REQUEST_TIMEOUT_MS);
        if (response.status === 202) return this.#hear(batch, await response.json());
        why = await detailOf(response);
        if (response.status < 500 && response.status !== 429) break;
        retryAfter = response.headers.get('retry-after');
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
      }
      const pauseMs = pauseBefore(attempt, DEFAULT_BACKOFF, Math.random(), retryAfter, Date.now());
      if (attempt + 1 < this.#options.attempts) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    for (const one of batch) this.#refuse(one, 'not_sent', why);
  }

  #hear(batch: readonly Waiting[], answer: unknown): void {
    const { rejected = [] } = answer as { rejected?: { index: number; code: string; message: string }[] };
    for (const { index, code, message } of rejected) this.#refuse(batch[index], code, message);
  }

  #refuse(one: Waiting | undefined, code: string, message: string): void {
    if (one) this.#options.onRefused({ event: one.event, code, message });
  }

  #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#options.secretKey}` };
  }

  async #ask(url: URL, request: RequestInit, timeoutMs: number): Promise<Response> {
    const { fetch } = this.#options;
    return fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) }).catch((cause: unknown) => {
      throw new VitrineError(`${url.origin} does not answer: ${String(cause)}`, 0);
    });
  }
}

async function detailOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => undefined)) as { detail?: string } | undefined;
  return problem?.detail ?? `HTTP ${response.status}`;
}

interface Emitter {
  on(event: 'beforeExit', run: () => void): unknown;
  off(event: 'beforeExit', run: () => void): unknown;
}

/** Node's process; elsewhere there is none. */
function nodeProcess(): Emitter | undefined {
  const { process } = globalThis as { process?: Partial<Emitter> };
  return typeof process?.on === 'function' && typeof process.off === 'function' ? (process as Emitter) : undefined;
}
