import { describe, it } from 'vitest';
import { ShownMessages } from './shown-messages.ts';

const text = (id: string, length = 0) => JSON.stringify({ id, filler: 'x'.repeat(length) });
const idsOf = (shown: ShownMessages) => shown.take().map(({ id }) => id);

describe('ShownMessages', () => {
  it('gives each message once, in the order in which they came', ({ expect }) => {
    const shown = new ShownMessages();
    for (const id of ['b', 'a', 'c']) shown.add(id, text(id));
    expect(idsOf(shown)).toEqual(['b', 'a', 'c']);
    expect(idsOf(shown)).toEqual([]);
  });

  it('keeps neither a message that came another way nor room for it', ({ expect }) => {
    const shown = new ShownMessages();
    expect(shown.add('a', text('a', 100_000))).toBe(false);
    shown.forget([{ id: 'a' }, { id: 'unknown' }]);
    expect(shown.add('b', text('b', 100_000))).toBe(false);
    expect(shown.add('c', text('c', 100_000))).toBe(true);
    expect(idsOf(shown)).toEqual(['b', 'c']);
    expect(shown.add('d', text('d', 100_000))).toBe(false);
  });
});
