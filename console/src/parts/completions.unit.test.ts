import { describe, it } from 'vitest';
import { completionAt, type Names } from './completions.ts';

const names: Names = {
  visitor: ['known', 'orders', 'sessions'],
  context: ['device'],
  item: ['brand'],
  segments: ['vip', 'keen', 'very_keen'],
  attributes: [],
};
const at = (marked: string, variables: (keyof Names)[] = ['visitor', 'segments', 'context']) => {
  const caret = marked.indexOf('|');
  const found = completionAt(marked.replace('|', ''), caret, names, variables);
  return found && [marked.replace('|', '').slice(found.from, found.to), ...found.options];
};

describe('what a condition may go on with', () => {
  it.for([
    ['visitor.|', ['', 'known', 'orders', 'sessions']],
    ['visitor.or|', ['or', 'orders']],
    ['segments.ke|', ['ke', 'keen', 'very_keen']],
    ['vis|', ['vis', 'visitor']],
    ['visitor.orders > 0 && seg|', ['seg', 'segments']],
    ['visitor.orders|', undefined],
    ['visitor.nothing|', undefined],
    ['nobody.|', undefined],
    ['item.|', undefined],
    ['attributes.|', undefined],
    ['"visitor.|"', undefined],
    ["'a' + visitor.|", ['', 'known', 'orders', 'sessions']],
    ['"a\\"visitor.|', undefined],
    ['', undefined],
    ['1 > |', undefined],
    ['a.visitor.|', undefined],
  ] as const)('%s', ([marked, expected], { expect }) => {
    expect(at(marked)).toEqual(expected);
  });

  it('is only of the variables that the place has', ({ expect }) => {
    expect(at('item.b|', ['item'])).toEqual(['b', 'brand']);
    expect(at('v|', ['item'])).toBeUndefined();
  });
});
