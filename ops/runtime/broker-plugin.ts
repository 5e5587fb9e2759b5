import { z } from 'zod';

/** Header by which the broker knows which queue a request is for. */
export const QUEUE_HEADER = 'X-Queue-Name';

/** The options of a queue binding that goes to a broker outside of the runtime. */
export interface BrokerBindingOptions {
  readonly queue: string;
  /** Host and port of the broker, e.g. `127.0.0.1:9400`. */
  readonly address: string;
}

const workerSchema = z.object({
  config: z.object({
    env: z.record(
      z.string(),
      z.looseObject({
        type: z.string(),
        dev: z
          .looseObject({
            plugin: z.object({ name: z.string() }).optional(),
            options: z.object({ queue: z.string(), address: z.string() }).optional(),
          })
          .optional(),
      }),
    ),
  }),
});

/** Name under which Miniflare finds the plugin in this file. */
export const BROKER_PLUGIN = 'vitrine-broker';

/** The queue bindings of a Worker that go to a broker: binding name → queue and address. */
function brokerBindings(worker: unknown): [string, BrokerBindingOptions][] {
  const parsed = workerSchema.safeParse(worker);
  if (!parsed.success) return [];
  return Object.entries(parsed.data.config.env).flatMap(([name, { dev }]) =>
    dev?.plugin?.name === BROKER_PLUGIN && dev.options ? [[name, dev.options] as [string, BrokerBindingOptions]] : [],
  );
}

const serviceName = (queue: string) => `${BROKER_PLUGIN}:${queue}`;

/**
 * A Miniflare plugin: a real `queue` binding of workerd whose messages go over HTTP to a broker in a process of its own,
 * where they outlive workerd, in place of Miniflare's queues in memory.
 */
export const plugins = {
  [BROKER_PLUGIN]: {
    bindingTypeDescription: 'Queue producer',
    getBindings(worker: unknown) {
      return brokerBindings(worker).map(([name, { queue }]) => ({ name, queue: { name: serviceName(queue) } }));
    },
    getNodeBindings() {
      return {};
    },
    getServices({ options }: { options: unknown }) {
      return brokerBindings(options).map(([, { queue, address }]) => ({
        name: serviceName(queue),
        external: { address, http: { injectRequestHeaders: [{ name: QUEUE_HEADER, value: queue }] } },
      }));
    },
  },
};
