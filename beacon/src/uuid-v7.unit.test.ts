import { describe, it } from 'vitest';
import { z } from 'zod';
import { uuidV7 } from './uuid-v7.ts';

describe('uuidV7', () => {
  it('is a UUID of version 7 that begins with its time', ({ expect }) => {
    for (let n = 0; n < 1_000; n += 1) {
      const { id } = uuidV7(1_700_000_000_000 + n);
      expect(z.uuidv7().safeParse(id).success).toBe(true);
      expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000 + n);
    }
  });

  it('is greater than the one before, inside a millisecond and when the clock is set back', ({ expect }) => {
    const now = 1_800_000_000_000;
    const times = [...Array.from({ length: 10_000 }, () => now), now - 3_600_000, now - 1, now, now + 3];
    const ids = times.map((time) => uuidV7(time));
    expect(ids.map(({ id }) => id)).toEqual([...ids.map(({ id }) => id)].sort());
    expect(ids.map(({ ms }) => ms)).toEqual(ids.map(({ ms }) => ms).sort((a, b) => a - b));
    for (const { id } of ids) expect(z.uuidv7().safeParse(id).success).toBe(true);
  });

  it('never comes twice', ({ expect }) => {
    expect(new Set(Array.from({ length: 10_000 }, () => uuidV7(5).id)).size).toBe(10_000);
  });
});
