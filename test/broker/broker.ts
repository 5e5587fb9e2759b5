import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { BrokerQueue, type Consumer, type QueueStats } from './broker-queue.ts';
import { type MessageLog, openMessageLog, type StoredMessage } from './message-log.ts';

/** A message as a producer sends it; `body` in base64. */
export interface SentMessage {
  readonly contentType: string;
  readonly body: string;
  readonly delaySeconds: number;
}

/** All queues over one log: what `send` has answered for is on the disk and is delivered until it is acked. */
export class Broker {
  readonly #log: MessageLog;
  readonly #queues = new Map<string, BrokerQueue>();

  readonly #speed: number;

  /** @param speed as for `BrokerQueue`. */
  constructor(folder: string, speed: number) {
    this.#speed = speed;
    mkdirSync(folder, { recursive: true });
    this.#log = openMessageLog(path.join(folder, 'messages.ndjson'));
    for (const message of this.#log.recovered) this.#queue(message.queue).add([message]);
  }

  async send(queue: string, sent: readonly SentMessage[]): Promise<void> {
    const now = Date.now();
    const messages = sent.map(
      ({ contentType, body, delaySeconds }): StoredMessage => ({
        id: randomUUID(),
        queue,
        timestampMs: now,
        contentType,
        body,
        attempts: 0,
        notBeforeMs: now + (delaySeconds * 1_000) / this.#speed,
      }),
    );
    await this.#log.append(messages.map((put) => ({ put })));
    this.#queue(queue).add(messages);
  }

  consume(queue: string, consumer: Consumer): void {
    this.#queue(queue).consume(consumer);
  }

  stats(): Record<string, QueueStats> {
    return Object.fromEntries([...this.#queues].map(([name, queue]) => [name, queue.stats()]));
  }

  #queue(name: string): BrokerQueue {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = new BrokerQueue(name, this.#log, (target, messages) => this.#queue(target).add(messages), this.#speed);
      this.#queues.set(name, queue);
    }
    return queue;
  }
}
