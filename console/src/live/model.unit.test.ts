import { describe, it } from 'vitest';
import { filterQuery, NOTHING, seenWords, type TailLine, withPart } from './model.ts';

const line = (id: string): TailLine => ({ at: 0, outcome: 'accepted', type: 'page_viewed', id });
const part = (ids: readonly string[], filtered = 0, tooMany = 0) => ({ lines: ids.map(line), filtered, tooMany });

describe('what was seen', () => {
  it('has the newest first, each once, and counts all that came', ({ expect }) => {
    const seen = [part(['a', 'b'], 3), part([], 1, 4), part(['c'])].reduce(withPart, NOTHING);
    expect(seen.lines.map((one) => one.line.id)).toEqual(['c', 'b', 'a']);
    expect(new Set(seen.lines.map(({ number }) => number)).size).toBe(3);
    expect(seen).toMatchObject({ came: 11, filtered: 4, tooMany: 4, gone: 0 });
    expect(seenWords(seen)).toBe('11 came: 3 shown, 4 filtered out, 4 beyond 500 a second.');
    expect(seenWords(NOTHING)).toBe('Nothing has come yet.');
  });

  it('keeps some hundred lines, and says how many are gone', ({ expect }) => {
    const many = Array.from({ length: 450 }, (_, at) => `e${at}`);
    const seen = [part(many.slice(0, 200)), part(many.slice(200))].reduce(withPart, NOTHING);
    expect([seen.lines.length, seen.gone, seen.came]).toEqual([300, 150, 450]);
    expect(seen.lines[0]?.line.id).toBe('e449');
  });
});

describe('the filter of an address', () => {
  it('has what is filled in, and nothing else', ({ expect }) => {
    const query = new URLSearchParams('?type=page_viewed&notType=&user=%20&text=a%20b&other=x');
    expect(filterQuery(query)).toBe('type=page_viewed&text=a+b');
  });
});
