import { deliver } from './deliver.ts';
import type { MessageLog, StoredMessage } from './message-log.ts';

/** How a queue's messages are delivered; the names are those of a queue consumer's configuration. */
export interface Consumer {
  readonly url: string;
  readonly maxBatchSize: number;
  readonly maxBatchTimeoutSeconds: number;
  readonly maxRetries: number;
  readonly deadLetterQueue?: string | undefined;
}

/** How many messages a queue holds and what became of the others since the start. */
export interface QueueStats {
  readonly ready: number;
  readonly delayed: number;
  readonly inFlight: number;
  readonly acked: number;
  readonly redelivered: number;
  readonly dead: number;
}

/** Batches of one queue that are with the consumer at the same time. */
const MAX_CONCURRENCY = 2;
/** A batch that has no answer by then is delivered again. */
const VISIBILITY_TIMEOUT_MS = 30_000;
/** Pause before the next try when nobody listens at the consumer's address: not an attempt, nothing was delivered. */
const UNREACHABLE_PAUSE_MS = 50;

/** One queue: at least once, in batches, each message retried for itself, dead-lettered after its retries. */
export class BrokerQueue {
  readonly name: string;
  readonly #log: MessageLog;
  readonly #moveTo: (queue: string, messages: readonly StoredMessage[]) => void;
  readonly #speed: number;
  #consumer: Consumer | undefined;
  #ready: StoredMessage[] = [];
  #delayed = 0;
  #inFlight = 0;
  #running = 0;
  #acked = 0;
  #redelivered = 0;
  #dead = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param speed how much faster than others' the clock runs by which messages wait for their next try. */
  constructor(
    name: string,
    log: MessageLog,
    moveTo: (queue: string, messages: readonly StoredMessage[]) => void,
    speed: number,
  ) {
    this.name = name;
    this.#log = log;
    this.#moveTo = moveTo;
    this.#speed = speed;
  }

  consume(consumer: Consumer): void {
    this.#consumer = consumer;
    this.#arm();
  }

  /** Takes messages that the log already has. */
  add(messages: readonly StoredMessage[]): void {
    for (const message of messages) {
      const delayMs = message.notBeforeMs - Date.now();
      if (delayMs <= 0) {
        this.#ready.push(message);
        continue;
      }
      this.#delayed += 1;
      setTimeout(() => {
        this.#delayed -= 1;
        this.#ready.push(message);
        this.#arm();
      }, delayMs);
    }
    this.#arm();
  }

  stats(): QueueStats {
    return {
      ready: this.#ready.length,
      delayed: this.#delayed,
      inFlight: this.#inFlight,
      acked: this.#acked,
      redelivered: this.#redelivered,
      dead: this.#dead,
    };
  }

  /** Starts a delivery now when a batch is full, else when the batch timeout has passed. */
  #arm(): void {
    const consumer = this.#consumer;
    if (!consumer || this.#running >= MAX_CONCURRENCY || this.#ready.length === 0) return;
    if (this.#ready.length >= consumer.maxBatchSize) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      void this.#run(consumer);
      return;
    }
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#running < MAX_CONCURRENCY && this.#ready.length > 0) void this.#run(consumer);
    }, consumer.maxBatchTimeoutSeconds * 1_000);
  }

  async #run(consumer: Consumer): Promise<void> {
    const batch = this.#ready.splice(0, consumer.maxBatchSize);
    this.#running += 1;
    this.#inFlight += batch.length;
    const outcome = await deliver(consumer.url, this.name, batch, VISIBILITY_TIMEOUT_MS);
    if (outcome.kind === 'unreachable') await new Promise((resolve) => setTimeout(resolve, UNREACHABLE_PAUSE_MS));
    this.#settle(consumer, batch, outcome.kind === 'unreachable' ? undefined : outcome.retryAfterMs);
    this.#running -= 1;
    this.#inFlight -= batch.length;
    this.#arm();
  }

  /** `retryAfterMs` holds the messages that failed; without it nothing was delivered and the batch goes back as it was. */
  #settle(
    consumer: Consumer,
    batch: readonly StoredMessage[],
    retryAfterMs: ReadonlyMap<string, number> | undefined,
  ): void {
    if (!retryAfterMs) {
      this.#ready.unshift(...batch);
      return;
    }
    const acked = batch.filter(({ id }) => !retryAfterMs.has(id));
    const failed = batch
      .filter(({ id }) => retryAfterMs.has(id))
      .map((message) => ({
        ...message,
        attempts: message.attempts + 1,
        notBeforeMs: Date.now() + (retryAfterMs.get(message.id) ?? 0) / this.#speed,
      }));
    const exhausted = failed.filter(({ attempts }) => attempts > consumer.maxRetries);
    const again = failed.filter(({ attempts }) => attempts <= consumer.maxRetries);
    this.#acked += acked.length;
    this.#redelivered += again.length;
    this.#dead += exhausted.length;
    void this.#log.append([...acked.map(({ id }) => ({ done: id })), ...again.map((put) => ({ put }))]);
    this.add(again);
    const target = consumer.deadLetterQueue;
    if (exhausted.length === 0) return;
    if (target === undefined) void this.#log.append(exhausted.map(({ id }) => ({ done: id })));
    else {
      const moved = exhausted.map((message) => ({ ...message, queue: target, attempts: 0, notBeforeMs: 0 }));
      void this.#log.append(moved.map((put) => ({ put }))).then(() => this.#moveTo(target, moved));
    }
  }
}
