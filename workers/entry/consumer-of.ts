type Consumer = (batch: MessageBatch, env: Env) => Promise<void>;

/**
 * The consumer of a batch's queue.
 *
 * @throws when there is none: a handler that returns acknowledges, so that all messages of a queue under another name would be lost
 * unread. What throws is delivered again, and ends in the dead letters.
 */
export function consumerOf(
  consumers: Readonly<Record<string, Consumer>>,
  batch: Pick<MessageBatch, 'queue'>,
): Consumer {
  const consumer = Object.hasOwn(consumers, batch.queue) ? consumers[batch.queue] : undefined;
  if (consumer) return consumer;
  const known = Object.keys(consumers).join(', ');
  throw new Error(
    `no consumer for the queue "${batch.queue}": workers/index.ts names ${known}. Nothing was acknowledged.`,
  );
}
