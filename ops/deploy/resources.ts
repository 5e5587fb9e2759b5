import type { Unstable_Config as Config } from 'wrangler';

/** What a Vitrine needs in its account before its Worker can be deployed. */
export interface Resources {
  readonly databases: readonly string[];
  readonly buckets: readonly string[];
  /** Those that are only consumed, and those that dead letters go to, too: a deploy makes none of them. */
  readonly queues: readonly string[];
}

type Named = Pick<Config, 'd1_databases' | 'r2_buckets' | 'queues'>;

/** The resources that a configuration names, each once, in its order. */
export function resourcesOf(config: Named): Resources {
  const { producers = [], consumers = [] } = config.queues;
  return {
    databases: names(config.d1_databases.map(({ database_name }) => database_name)),
    buckets: names(config.r2_buckets.map(({ bucket_name }) => bucket_name)),
    queues: names([
      ...producers.map(({ queue }) => queue),
      ...consumers.flatMap(({ queue, dead_letter_queue }) => [queue, dead_letter_queue]),
    ]),
  };
}

function names(all: readonly unknown[]): string[] {
  return [...new Set(all.filter((name) => typeof name === 'string'))];
}
