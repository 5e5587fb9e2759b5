import { describe, expect, it } from 'vitest';
import { evaluatePolicy, type Logged } from './off-policy.ts';

/** Of each context and action so many visitors, of whom so many ordered. */
const logged = (context: string, action: string, propensity: number, visitors: number, orders: number): Logged[] =>
  Array.from({ length: visitors }, (_, n) => ({ context, action, propensity, reward: n < orders ? 1 : 0 }));
const log = [
  ...logged('mobile', 'a', 0.5, 500, 25),
  ...logged('mobile', 'b', 0.5, 500, 75),
  ...logged('desktop', 'a', 0.5, 500, 100),
  ...logged('desktop', 'b', 0.5, 500, 50),
];

describe('a policy that nobody has tried', () => {
  it('is worth what its actions brought where chance gave them', () => {
    const best = evaluatePolicy(log, (context): Record<string, number> => (context === 'mobile' ? { b: 1 } : { a: 1 }));
    for (const { value, low, high } of [best.ips, best.snips, best.doublyRobust]) {
      expect(value).toBeCloseTo((0.15 + 0.2) / 2, 9);
      expect(low).toBeLessThan(0.175);
      expect(high).toBeGreaterThan(0.175);
    }
    expect(best.effectiveVisitors).toBeCloseTo(1_000, 6);
    expect(best.warnings).toEqual([]);
    const same = evaluatePolicy(log, () => ({ a: 0.5, b: 0.5 }));
    expect(same.ips.value).toBeCloseTo(250 / 2_000, 9);
    expect(same.effectiveVisitors).toBeCloseTo(2_000, 6);
  });

  it('is known better with a model than without', () => {
    const { ips, doublyRobust } = evaluatePolicy(log, () => ({ a: 1 }));
    expect(doublyRobust.high - doublyRobust.low).toBeLessThan(ips.high - ips.low);
  });

  it('is warned of where the log says little, or nothing', () => {
    const few = evaluatePolicy([...log, ...logged('mobile', 'c', 0.001, 2, 1)], () => ({ c: 1 }));
    expect(few.warnings[0]).toContain('too few to believe much');
    expect(few.warnings[1]).toBe('Nobody of "desktop" was ever given "c": what it would bring is a guess.');
    expect(evaluatePolicy([], () => ({ a: 1 }))).toMatchObject({ visitors: 0, effectiveVisitors: 0 });
  });
});
