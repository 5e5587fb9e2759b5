import { describe, it } from 'vitest';
import { retryDelaySeconds } from './retry-later.ts';

describe('the delay before another delivery', () => {
  it('doubles with each attempt, to ten minutes, and is drawn from the whole of it', ({ expect }) => {
    const longest = [1, 2, 3, 8, 9, 10, 50].map((attempts) => retryDelaySeconds(attempts, 0.999_999));
    expect(longest).toEqual([2, 4, 8, 256, 512, 600, 600]);
    for (const attempts of [1, 5, 40]) expect(retryDelaySeconds(attempts, 0)).toBe(0);
    expect(retryDelaySeconds(9, 0.5)).toBe(256);
  });

  it('is a whole number of seconds, as the queue takes it', ({ expect }) => {
    for (let n = 0; n < 100; n += 1) expect(Number.isInteger(retryDelaySeconds(1 + (n % 12), n / 100))).toBe(true);
  });
});
