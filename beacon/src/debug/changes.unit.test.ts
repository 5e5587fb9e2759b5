import { test } from 'vitest';
import { changesOf } from './changes.ts';

test('changes are named by their place, and what is the same is not', ({ expect }) => {
  const before = { counts: { viewed: 1 }, cart: [], same: { a: 1 }, gone: 1 };
  const after = { counts: { viewed: 2, added: 1 }, cart: [{ id: 'p1' }], same: { a: 1 } };
  expect(changesOf(before, after)).toEqual([
    { path: 'counts.viewed', before: 1, after: 2 },
    { path: 'counts.added', before: undefined, after: 1 },
    { path: 'cart', before: [], after: [{ id: 'p1' }] },
    { path: 'gone', before: 1, after: undefined },
  ]);
  expect(changesOf(after, after)).toEqual([]);
  expect(changesOf({ a: { b: { c: { d: 1 } } } }, { a: { b: { c: { d: 2 } } } })).toEqual([
    { path: 'a.b.c', before: { d: 1 }, after: { d: 2 } },
  ]);
});
