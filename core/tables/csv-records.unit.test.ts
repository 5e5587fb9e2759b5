import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../test/material/runs.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';

function read(text: string): CsvRecord[] {
  const records = new CsvRecords();
  const lines = text.split('\n');
  return [...lines.flatMap((one, index) => [...records.push({ line: index + 1, text: one })]), ...records.end()];
}
const taken = (text: string) =>
  read(text).map((one) => ('record' in one ? [one.line, Object.values(one.record)] : [one.line, 'fault']));

describe('records of a CSV', () => {
  it('are read each for itself: one that does not fit hides none behind it', ({ expect }) => {
    const rows = Array.from({ length: 2_000 }, (_, n) => `u${n},Basel,silver`);
    for (const at of [1, 40, 500, 1_999]) {
      for (const bad of [
        'x,Basel,silver,',
        'x,Basel',
        '"x,Basel,silver',
        'x,"Basel,silver',
        '"',
        'x,y"z,"',
        '","",""',
      ]) {
        const found = taken(['userId,city,tier', ...rows.with(at, bad)].join('\n'));
        expect(found.length).toBe(2_000);
        expect(found.filter(([, what]) => what === 'fault').map(([line]) => line)).toEqual([at + 2]);
        expect(found.at(-1 - Number(at === 1_999))?.[1]).toEqual([
          `u${at === 1_999 ? 1_998 : 1_999}`,
          'Basel',
          'silver',
        ]);
      }
    }
  });

  it('are not swallowed by a quote that a later row happens to close', ({ expect }) => {
    const rows = [
      '"x,Basel,silver',
      ...Array.from({ length: 40 }, (_, n) => `u${n},Basel,silver`),
      'y,"Köln, Dom",gold',
      'z,"Bern",gold',
    ];
    const found = taken(['userId,city,tier', ...rows].join('\n'));
    expect(found).toHaveLength(43);
    expect(found[0]).toEqual([2, 'fault']);
    expect(found.slice(-2)).toEqual([
      [43, ['y', 'Köln, Dom', 'gold']],
      [44, ['z', 'Bern', 'gold']],
    ]);
  });

  it.for<[string, string, unknown[]]>([
    ['quotes and doubled quotes', 'a,b\n"x, ""y""",2', [[2, ['x, "y"', '2']]]],
    [
      'a cell over lines, with the number of its first',
      'a,b\n"x\ny",2\nz,3',
      [
        [2, ['x\ny', '2']],
        [4, ['z', '3']],
      ],
    ],
    [
      'an inch sign',
      'a,b\n27" screen,2\n5" and 6",3',
      [
        [2, ['27" screen', '2']],
        [3, ['5" and 6"', '3']],
      ],
    ],
    ['lines of spaces', 'a,b\n   \n1,2\n\n', [[3, ['1', '2']]]],
    ['semicolons', 'a;b\n1,5;2', [[2, ['1,5', '2']]]],
    ['tabs', 'a\tb\n1\t2', [[2, ['1', '2']]]],
    [
      'a single column',
      'a\n1\n2',
      [
        [2, ['1']],
        [3, ['2']],
      ],
    ],
    ['names of all objects', '__proto__,constructor\n1,2', [[2, ['1', '2']]]],
    ['a head alone', 'a,b', []],
  ])('with %s', ([, text, right], { expect }) => {
    expect(taken(text)).toEqual(right);
  });

  it('of whatever text: each line that is not blank is in one record or fault, and nothing throws', ({ expect }) => {
    const line = fc
      .array(fc.constantFrom('"', ',', 'x', ' ', '""', ';', '\t', '\\'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
        const found = read(['a,b', ...lines].join('\n'));
        const numbers = found.map((one) => one.line);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        for (const number of numbers) expect(lines[number - 2]?.trim()).not.toBe('');
      }),
      { numRuns: runs(3_000) },
    );
  });
});
