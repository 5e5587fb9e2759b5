import { describe, it } from 'vitest';
import { addCount, type Counts, mostCounts } from './counts.ts';

describe('counts', () => {
  it('have room for what is our own, however many names come from outside', ({ expect }) => {
    const counts: Counts = {};
    for (let at = 0; at < 5_000; at += 1) {
      addCount(counts, `type|t${at}`, 1);
      addCount(counts, `decision|s${at}|live`, 1);
      addCount(counts, `browser|b${at}`, 1);
    }
    for (const name of ['accepted', 'request|accept|5xx', 'delay|applied|inf', 'read|degraded'])
      addCount(counts, name, 2);
    expect(Object.keys(counts).length).toBeLessThan(400);
    expect(counts['request|accept|5xx']).toBe(2);
    expect(counts['decision|(other)|live']).toBeGreaterThan(4_800);
    expect(Object.values(counts).reduce((sum, by) => sum + by, 0)).toBe(15_008);
    const kept = mostCounts(counts, 50);
    expect(Object.keys(kept)).toHaveLength(50);
    for (const name of ['accepted', 'request|accept|5xx', 'delay|applied|inf', 'read|degraded'])
      expect(kept[name]).toBe(2);
    expect(kept['type|(other)']).toBe(counts['type|(other)']);
  });
});
