import { describe, it } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';
import { retryDelaySeconds } from './retry-later.ts';

describe('the delay before another delivery', () => {
  it('doubles with each attempt, to ten minutes, and is drawn from the upper half of it', ({ expect }) => {
    const longest = [1, 2, 3, 8, 9, 10, 50].map((attempts) => retryDelaySeconds(attempts, 0.999_999));
    expect(longest).toEqual([2, 4, 8, 256, 512, 600, 600]);
    expect([1, 5, 40].map((attempts) => retryDelaySeconds(attempts, 0))).toEqual([1, 16, 300]);
    expect(retryDelaySeconds(9, 0.5)).toBe(384);
  });

  it('outlasts an outage of six hours within the tries of the configuration, whatever chance does', async ({
    expect,
  }) => {
    const { queues } = readConfig({ config: './wrangler.toml' });
    for (const { queue, max_retries: tries = 0 } of queues.consumers ?? []) {
      if (!queue.startsWith('vitrine-events')) continue;
      const delays = Array.from({ length: tries }, (_, index) => retryDelaySeconds(index + 1, 0));
      expect([queue, delays.reduce((sum, delay) => sum + delay, 0) > 6 * 3_600]).toEqual([queue, true]);
      // Cloudflare takes at most a hundred, and keeps a message for four days unless told otherwise.
      expect(tries).toBeLessThanOrEqual(100);
      expect(tries * 600).toBeLessThan(4 * 86_400);
    }
  });

  it('is a whole number of seconds, as the queue takes it', ({ expect }) => {
    for (let n = 0; n < 100; n += 1) expect(Number.isInteger(retryDelaySeconds(1 + (n % 12), n / 100))).toBe(true);
  });
});
