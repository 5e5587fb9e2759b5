import { describe, it } from 'vitest';
import { countsBy, filled, withinWords } from './model.ts';

describe('minutes', () => {
  it('that nothing came in are none, and counts are summed by their name', ({ expect }) => {
    const minute = (at: string, counts: Record<string, number>) => ({ at: `2026-05-01T12:0${at}:00.000Z`, counts });
    const some = [minute('0', { accepted: 2, 'type|a': 1, 'type|b': 1 }), minute('2', { 'type|b': 3 })];
    expect(filled(some, 60_000, Date.parse('2026-05-01T12:03:30Z')).map(({ counts }) => counts.accepted ?? 0)).toEqual([
      2, 0, 0,
    ]);
    expect(countsBy('type', some)).toEqual([
      { name: 'b', count: 4 },
      { name: 'a', count: 1 },
    ]);
    expect(filled([], 60_000, 0)).toEqual([]);
  });

  it('say how many of what was measured was within a bound', ({ expect }) => {
    const counts = { 'delay|applied|1000': 98, 'delay|applied|5000': 1, 'delay|applied|inf': 1, 'delay|queued|500': 7 };
    const minutes = [{ at: '2026-05-01T12:00:00.000Z', counts }];
    expect(withinWords('delay|applied', minutes)).toBe('half within 1 s, 99 of 100 within 5 s');
    expect(withinWords('delay|queued', minutes)).toBe('half within 0.5 s, 99 of 100 within 0.5 s');
    expect(withinWords('delay|recorded', minutes)).toBe('nothing yet');
    expect(withinWords('took', [{ at: '', counts: { 'took|inf': 3 } }])).toBe('half later than all bounds');
  });
});
