import { fileURLToPath } from 'node:url';
import type { V4WorkerOptions } from 'miniflare';
import type { Unstable_Config as Config } from 'wrangler';
import { BROKER_PLUGIN } from './broker-plugin.ts';

/** How the Worker's queues run: in workerd's memory, not consumed at all, or in a broker process of their own. */
export type QueueMode = 'memory' | 'unconsumed' | { readonly brokerUrl: string };

type QueueOptions = Pick<V4WorkerOptions, 'queueProducers' | 'queueConsumers' | 'unsafeBindings'>;

/** The Worker's queue bindings and consumers in a mode. `maxBatchTimeoutSeconds` replaces the configured one. */
export function queueOptions(queues: Config['queues'], mode: QueueMode, maxBatchTimeoutSeconds?: number): QueueOptions {
  const producers = (queues.producers ?? []).map(({ binding, queue = binding }) => ({ binding, queue }));
  if (typeof mode === 'object') {
    const address = new URL(mode.brokerUrl).host;
    return {
      queueProducers: undefined,
      queueConsumers: undefined,
      unsafeBindings: producers.map(({ binding, queue }) => ({
        name: binding,
        type: 'queue',
        plugin: { package: fileURLToPath(new URL('./broker-plugin.ts', import.meta.url)), name: BROKER_PLUGIN },
        options: { queue, address },
      })),
    };
  }
  return {
    queueProducers: Object.fromEntries(producers.map(({ binding, queue }) => [binding, { queueName: queue }])),
    queueConsumers: mode === 'unconsumed' ? undefined : consumers(queues, maxBatchTimeoutSeconds),
  };
}

function consumers(queues: Config['queues'], maxBatchTimeoutSeconds?: number): V4WorkerOptions['queueConsumers'] {
  return Object.fromEntries(
    (queues.consumers ?? []).map((consumer) => [
      consumer.queue,
      {
        maxBatchSize: consumer.max_batch_size,
        maxBatchTimeout: maxBatchTimeoutSeconds ?? consumer.max_batch_timeout,
        maxRetries: consumer.max_retries,
        deadLetterQueue: consumer.dead_letter_queue,
        retryDelay: consumer.retry_delay,
      },
    ]),
  );
}

/**
 * Tells a broker where to deliver the configuration's queues: `POST /consumers` for each.
 *
 * @param deliverUrl Where the broker posts a batch.
 */
export async function registerConsumers(
  queues: Config['queues'],
  brokerUrl: string,
  deliverUrl: string,
  maxBatchTimeoutSeconds?: number,
): Promise<void> {
  for (const consumer of queues.consumers ?? []) {
    const response = await fetch(new URL('/consumers', brokerUrl), {
      method: 'POST',
      body: JSON.stringify({
        queue: consumer.queue,
        url: deliverUrl,
        maxBatchSize: consumer.max_batch_size,
        maxBatchTimeoutSeconds: maxBatchTimeoutSeconds ?? consumer.max_batch_timeout,
        maxRetries: consumer.max_retries,
        deadLetterQueue: consumer.dead_letter_queue,
      }),
    });
    if (!response.ok) throw new Error(`the broker refused the consumer of ${consumer.queue}: ${await response.text()}`);
  }
}
