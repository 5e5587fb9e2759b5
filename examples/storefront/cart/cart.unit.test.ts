import fc from 'fast-check';
import { describe, test } from 'vitest';
import { products } from '../catalogue/catalogue.ts';
import { type CartLine, cartCount, cartTotal, changeCart, formatCart, parseCart } from './cart.ts';
import { parseOrder } from './order.ts';

const anyLine = fc.record({ product: fc.constantFrom(...products), quantity: fc.integer({ min: 1, max: 9 }) });
const anyCart = fc.uniqueArray(anyLine, { selector: ({ product }) => product.id, maxLength: 30 });
const short = (lines: readonly CartLine[]) => lines.map(({ product, quantity }) => [product.id, quantity]);

describe('parseCart', () => {
  test('reads what formatCart wrote', ({ expect }) => {
    fc.assert(
      fc.property(anyCart, (cart) => {
        expect(parseCart(formatCart(cart))).toEqual(cart);
      }),
    );
  });

  test('never throws and never gives an unknown product or a quantity out of 1–9', ({ expect }) => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const { product, quantity } of parseCart(`dress-linen-wrap:2,${text}`)) {
          expect(products).toContain(product);
          expect(quantity >= 1 && quantity <= 9).toBe(true);
        }
      }),
    );
  });

  test.for([
    undefined,
    '',
    ',,,',
    'dress-linen-wrap',
    'dress-linen-wrap:0',
    'dress-linen-wrap:-1',
    'dress-linen-wrap:10',
    'dress-linen-wrap:1e3',
    'dress-linen-wrap:1:2',
    '__proto__:1',
    '<script>:1',
  ])('leaves out %s', (text, { expect }) => {
    expect(parseCart(text)).toEqual([]);
  });

  test('leaves out what is longer than a cookie', ({ expect }) => {
    expect(parseCart('dress-linen-wrap:1,'.repeat(500))).toEqual([]);
  });

  test('keeps the good lines among bad ones, and the last of a repeated product', ({ expect }) => {
    const cart = parseCart('nothing:1,dress-linen-wrap:1,%%%,bag-canvas-tote:3,dress-linen-wrap:4');
    expect(short(cart)).toEqual([
      ['dress-linen-wrap', 4],
      ['bag-canvas-tote', 3],
    ]);
  });
});

describe('changeCart', () => {
  test('adding and removing the same number changes nothing below the limit', ({ expect }) => {
    fc.assert(
      fc.property(anyCart, fc.constantFrom(...products), (cart, product) => {
        const before = cart.find((line) => line.product === product)?.quantity ?? 0;
        fc.pre(before < 9 && cart.length < 30);
        expect(changeCart(changeCart(cart, product, 1), product, -1)).toEqual(cart);
      }),
    );
  });

  test('a line never exceeds 9 pieces and goes when none are left', ({ expect }) => {
    const [product] = products;
    if (!product) throw new Error('no products');
    expect(changeCart([{ product, quantity: 9 }], product, 5)).toEqual([{ product, quantity: 9 }]);
    expect(changeCart([{ product, quantity: 2 }], product, -9)).toEqual([]);
  });

  test('count and total are sums over all lines', ({ expect }) => {
    const cart = parseCart('dress-linen-wrap:2,bag-canvas-tote:1');
    expect(cartCount(cart)).toBe(3);
    expect(cartTotal(cart)).toBe(2 * 89 + 45);
  });
});

test('an order is read only with a well-formed id and something in it', ({ expect }) => {
  expect(parseOrder('H-0123abcd|dress-linen-wrap:1')?.id).toBe('H-0123abcd');
  for (const text of [undefined, '', '|', 'H-0123abcd', 'H-0123abcd|', '"><b>|dress-linen-wrap:1', 'H-0123abcd|no:1']) {
    expect(parseOrder(text), text).toBeUndefined();
  }
});
