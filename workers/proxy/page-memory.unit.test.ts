import { describe, it } from 'vitest';
import { type FoundOnPage, PageMemory } from './page-memory.ts';

const HOST = 'shop.example';
const MINUTE = 60_000;
const NOTHING: FoundOnPage = { asks: [], any: false, tags: [], lookedAtAll: true };
const found = (item: string | undefined, tags: string[] = ['div'], lookedAtAll = true): FoundOnPage => ({
  asks: [{ slot: 'similar', ...(item !== undefined && { item }) }],
  ...{ any: true, tags, lookedAtAll },
});

describe('what an isolate remembers of pages', () => {
  it('is the slots of a page, and of one that is made alike, with the product that its address names', ({ expect }) => {
    const memory = new PageMemory();
    expect(memory.expect(HOST, '/p/coat', 0)).toEqual({ asks: [], empty: false, tags: undefined });
    memory.learn(HOST, '/p/coat', found('coat'), 0);
    expect(memory.expect(HOST, '/p/coat', 1).asks).toEqual([{ slot: 'similar', item: 'coat' }]);
    expect(memory.expect(HOST, '/p/red%20hat', 1).asks).toEqual([{ slot: 'similar', item: 'red hat' }]);
    expect(memory.expect(HOST, '/p/%ff', 1).asks).toEqual([{ slot: 'similar', item: '%ff' }]);
    // Of another kind, depth or host nothing is known.
    for (const [host, path] of [
      [HOST, '/c/coat'],
      [HOST, '/p/coat/red'],
      [HOST, '/'],
      ['other.example', '/p/coat'],
    ] as const)
      expect(memory.expect(host, path, 1).asks).toEqual([]);
    memory.learn(HOST, '/s/x', found('unrelated'), 0);
    expect(memory.expect(HOST, '/s/y', 1).asks).toEqual([{ slot: 'similar', item: 'unrelated' }]);
  });

  it('is that a page has nothing, for a minute, and that twenty of a kind have nothing', ({ expect }) => {
    const memory = new PageMemory();
    memory.learn(HOST, '/about', NOTHING, 0);
    expect(memory.expect(HOST, '/about', MINUTE - 1).empty).toBe(true);
    expect(memory.expect(HOST, '/about', MINUTE).empty).toBe(false);
    for (let n = 0; n < 19; n += 1) memory.learn(HOST, `/blog/${n}`, NOTHING, 0);
    // The same one again is no other one.
    memory.learn(HOST, '/blog/1', NOTHING, 0);
    expect(memory.expect(HOST, '/blog/new', 1).empty).toBe(false);
    memory.learn(HOST, '/blog/19', NOTHING, 0);
    expect(memory.expect(HOST, '/blog/new', 1).empty).toBe(true);
    expect(memory.expect(HOST, '/blog/new', MINUTE).empty).toBe(false);
    // One with something ends it, for all but those that are known themselves.
    memory.learn(HOST, '/blog/20', found(undefined), 1);
    expect(memory.expect(HOST, '/blog/new', 2).empty).toBe(false);
    expect(memory.expect(HOST, '/blog/3', 2).empty).toBe(true);
  });

  it('is which elements say what they are, until every element is to be looked at again', ({ expect }) => {
    const memory = new PageMemory();
    memory.learn(HOST, '/p/a', found(undefined, ['div']), 0);
    memory.learn(HOST, '/p/b', found(undefined, ['section'], false), 1_000);
    expect(memory.expect(HOST, '/p/c', 2_000).tags).toEqual(['div', 'section']);
    expect(memory.expect(HOST, '/p/c', MINUTE).tags).toBeUndefined();
    memory.learn(HOST, '/p/c', found(undefined, ['aside']), MINUTE);
    expect(memory.expect(HOST, '/p/a', MINUTE + 1).tags).toEqual(['div', 'section', 'aside']);
    expect(memory.expect(HOST, '/x', 0).tags).toBeUndefined();
  });
});
