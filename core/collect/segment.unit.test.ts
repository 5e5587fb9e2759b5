import fc from 'fast-check';
import { describe, it } from 'vitest';
import { checkEvent } from '../events/check-event.ts';
import { fromSegment } from './segment.ts';

const NOW = '2026-05-01T12:00:00.000Z';
const event = (message: unknown, call?: string) => {
  const checked = checkEvent(fromSegment(message, call, NOW, () => 'new-id'));
  if (!checked.ok) throw new Error(checked.refusal.message);
  return checked.event;
};
const base = { messageId: 'ajs-next-1-x', anonymousId: 'd1', timestamp: NOW };

describe('a call of Segment’s API', () => {
  it.for([
    ['Product Viewed', 'product_viewed'],
    ['Products Searched', 'product_searched'],
    ['Product Added to Wishlist', 'product_favorited'],
    ['Signed Up', 'signed_up'],
    ['cartViewed', 'cart_viewed'],
    ['Rate 5 ★ !', 'rate_5'],
    ['3D Viewed', 'event_3d_viewed'],
    ['order_completed', 'order_completed'],
  ])('has the name %s here as %s', ([name, type], { expect }) => {
    const properties = { product_id: 'p', query: 'q', order_id: 'o' };
    const taken = event({ ...base, type: 'track', event: name, properties, context: {} });
    expect(taken.type).toBe(type);
    expect(taken.context?.event).toBe(type === name ? undefined : name);
  });

  it('says what is ordered, and of a product its id, also by older names', ({ expect }) => {
    const products = [{ sku: 's1' }, { product_id: 'p2', sku: 's2' }];
    const { properties } = event(
      { ...base, event: 'Order Completed', properties: { order_id: 'o', revenue: 19.99, products } },
      'track',
    );
    expect(properties).toMatchObject({ total: 19.99, products: [{ product_id: 's1' }, { product_id: 'p2' }] });
    expect(event({ ...base, event: 'Product Added', properties: { sku: 's1' } }, 'track').properties).toMatchObject({
      product_id: 's1',
    });
  });

  it('identifies, joins, and tells of pages and screens', ({ expect }) => {
    expect(event({ ...base, type: 'identify', userId: 'ann', traits: { tier: 'gold' } })).toMatchObject({
      ...{ type: 'identify', userId: 'ann', anonymousId: 'd1', properties: { tier: 'gold' } },
    });
    expect(event({ ...base, type: 'identify', userId: null, traits: { tier: 'gold' } }).type).toBe('traits_declared');
    expect(event({ ...base, type: 'alias', userId: 'ann', previousId: 'old' }).properties).toEqual({
      previous_id: 'old',
    });
    expect(event({ ...base, name: 'Home', properties: { url: '/x' } }, 'page')).toMatchObject({
      ...{ type: 'page_viewed', properties: { url: '/x', name: 'Home' } },
    });
    expect(event({ ...base, type: 'screen', name: 'Bag' }).type).toBe('screen_viewed');
    expect(event({ ...base, type: 'group', groupId: 'g' }).properties).toEqual({ group_id: 'g' });
  });

  it('has its message’s id, a hash of a longer one, and a new one where it has none', ({ expect }) => {
    const idOf = (messageId: unknown) => event({ ...base, type: 'page', messageId }).id;
    expect(idOf('ajs-next-1-x')).toBe('ajs-next-1-x');
    expect(idOf('m'.repeat(65))).toMatch(/^[0-9a-f]{64}$/);
    expect(idOf('m'.repeat(65))).toBe(idOf('m'.repeat(65)));
    expect([idOf(undefined), idOf(7), idOf('')]).toEqual(['new-id', 'new-id', 'new-id']);
  });

  it('is refused or taken, whatever it holds, and never more than that', () => {
    fc.assert(
      fc.property(fc.anything(), fc.option(fc.string(), { nil: undefined }), (message, call) => {
        checkEvent(fromSegment(message, call, NOW, () => 'new-id'));
        checkEvent(
          fromSegment(
            { ...base, type: 'track', event: message, properties: message, traits: message },
            call,
            NOW,
            () => 'x',
          ),
        );
      }),
    );
  });
});
