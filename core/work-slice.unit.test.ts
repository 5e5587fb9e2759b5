import { describe, it } from 'vitest';
import { inSlices, WorkSlice } from './work-slice.ts';

describe('work in slices', () => {
  it('pauses after so many units, and answers what the work makes', async ({ expect }) => {
    const pauses: number[] = [];
    let done = 0;
    function* work(): Generator<number, string> {
      for (; done < 10; done += 1) yield 3;
      return 'made';
    }
    const slice = new WorkSlice(9, async () => void pauses.push(done));
    expect(await inSlices(work(), slice)).toBe('made');
    expect(pauses).toEqual([2, 5, 8]);
  });
});
