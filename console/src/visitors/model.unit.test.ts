import { describe, it } from 'vitest';
import { aboutWords, becauseWords, pathOf, type TimelineEvent } from './model.ts';

const event = (properties: Record<string, unknown>, page: string | null = null): TimelineEvent => ({
  ...{ id: 'e', type: 't', at: 0, receivedAt: 0, anonymousId: 'a', userId: null, device: null, browser: null },
  page,
  properties,
});

describe('the words of a visitor', () => {
  it('say what an event is about', ({ expect }) => {
    expect(aboutWords(event({ product_id: 'p1' }, '/p/p1'))).toBe('p1');
    expect(aboutWords(event({ order_id: 'o1', total: 12.5, currency: 'EUR' }))).toBe('order o1, 12.5 EUR');
    expect(aboutWords(event({ query: 'coat' }))).toBe('“coat”');
    expect(aboutWords(event({ total: 'free' }, '/cart'))).toBe('/cart');
    expect(aboutWords(event({}))).toBe('');
  });

  it('say why somebody is in a segment, and name any id in an address', ({ expect }) => {
    expect(becauseWords({ views: 4, city: null, vip: true, brand: 'A' })).toBe(
      'views is 4, city is unknown, vip is true, brand is "A"',
    );
    expect(pathOf('users', 'a/b?c d')).toBe('/api/users/a%2Fb%3Fc%20d');
  });
});
