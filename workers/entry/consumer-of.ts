type Consumer = (batch: MessageBatch, env: Env) => Promise<void>;

/**
 * The consumer of a batch's queue. In an environment, e.g. `staging`, the queues' names end with it.
 *
 * @throws when there is none: a handler that returns acknowledges, so that all messages of a queue under another name would be lost
 * unread. What throws is delivered again, and ends in the dead letters.
 */
export function consumerOf(
  consumers: Readonly<Record<string, Consumer>>,
  batch: Pick<MessageBatch, 'queue'>,
  environment: string,
): Consumer {
  const suffix = environment === '' ? '' : `-${environment}`;
  const queue = batch.queue.endsWith(suffix) ? batch.queue.slice(0, batch.queue.length - suffix.length) : '';
  const consumer = Object.hasOwn(consumers, queue) ? consumers[queue] : undefined;
  if (consumer) return consumer;
  const known = Object.keys(consumers).join(', ');
  throw new Error(
    `no consumer for the queue "${batch.queue}": workers/index.ts names ${known}. Nothing was acknowledged.`,
  );
}
