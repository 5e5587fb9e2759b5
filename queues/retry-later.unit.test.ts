import { describe, it } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { DEAD_LETTER_CAP_SECONDS, retryDelaySeconds } from './retry-later.ts';

describe('the delay before another delivery', () => {
  it('doubles with each attempt, to ten minutes, and is drawn from the upper half of it', ({ expect }) => {
    const longest = [1, 2, 3, 8, 9, 10, 50].map((attempts) => retryDelaySeconds(attempts, 0.999_999));
    expect(longest).toEqual([2, 4, 8, 256, 512, 600, 600]);
    expect([1, 5, 40].map((attempts) => retryDelaySeconds(attempts, 0))).toEqual([1, 16, 300]);
    expect(retryDelaySeconds(9, 0.5)).toBe(384);
  });

  it('outlasts an outage within the tries of the configuration, whatever chance does, and no queue forgets a message before', ({
    expect,
  }) => {
    const { queues } = readConfig({ config: './wrangler.toml' });
    const hours = Object.fromEntries(
      (queues.consumers ?? []).map(
        ({ queue, max_retries: tries = 0 }: { readonly queue: string; readonly max_retries?: number }) => {
          const cap = queue.endsWith('-dead') ? DEAD_LETTER_CAP_SECONDS : undefined;
          const sum = (random: number) =>
            Array.from({ length: tries }, (_, index) => retryDelaySeconds(index + 1, random, cap)).reduce(
              (a, b) => a + b,
            );
          // Cloudflare takes at most a hundred tries, and keeps a message for four days unless told otherwise.
          expect(tries).toBeLessThanOrEqual(100);
          expect(sum(1)).toBeLessThan(4 * 86_400);
          return [queue, Math.floor(sum(0) / 3_600)];
        },
      ),
    );
    expect(hours).toEqual({
      'vitrine-events': 7,
      'vitrine-events-dead': 37,
      'vitrine-webhooks': 0,
      'vitrine-clickhouse': 7,
      'vitrine-clickhouse-dead': 37,
      'vitrine-webhooks-dead': 37,
    });
  });

  it('is a whole number of seconds, as the queue takes it', ({ expect }) => {
    for (let n = 0; n < 100; n += 1) expect(Number.isInteger(retryDelaySeconds(1 + (n % 12), n / 100))).toBe(true);
  });
});
