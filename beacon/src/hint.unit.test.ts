import { describe, it } from 'vitest';
import { MAX_HINT_LENGTH, parseHint } from '../../core/recommend/hint.ts';
import type { BeaconEvent } from './event-queue.ts';
import { hintOf } from './hint.ts';

const event = (type: string, product_id: unknown, anonymousId = 'ada'): BeaconEvent => ({
  id: 'e',
  type,
  occurredAt: '2026-05-01T12:00:00.000Z',
  anonymousId,
  properties: { product_id },
});

describe('the beacon’s hint', () => {
  it('is what the server reads: products of this visitor, newest first', ({ expect }) => {
    const waiting = [
      event('product_viewed', 'a/b'),
      event('page_viewed', 'x'),
      event('product_viewed', 'other', 'ben'),
      event('product_added', 7),
      event('product_removed', 'é é'),
      event('product_viewed', undefined),
    ];
    expect(parseHint(hintOf(waiting, 'ada'))).toEqual([
      { kind: 'removal', item: 'é é' },
      { kind: 'cart', item: '7' },
      { kind: 'view', item: 'a/b' },
    ]);
    expect(hintOf([], 'ada')).toBe('');
  });

  it('stays short: the oldest are left out, whole', ({ expect }) => {
    const hint = hintOf(
      Array.from({ length: 20 }, (_, n) => event('product_viewed', `${n}-${'é'.repeat(20)}`)),
      'ada',
    );
    expect(hint.length).toBeLessThanOrEqual(MAX_HINT_LENGTH / 2);
    const items = parseHint(hint).map(({ item }) => item);
    expect(items.length).toBeGreaterThan(2);
    expect(items).toEqual(items.map((_, n) => `${19 - n}-${'é'.repeat(20)}`));
  });
});
