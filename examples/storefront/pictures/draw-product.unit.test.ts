import { describe, test } from 'vitest';
import { products } from '../catalogue/catalogue.ts';
import { drawProduct } from './draw-product.ts';
import { mix } from './mix.ts';
import { mirror, symmetric } from './strokes/symmetric.ts';

describe('drawProduct', () => {
  test('every product has a picture of finite numbers', ({ expect }) => {
    for (const product of products) {
      const picture = drawProduct(product);
      expect(picture, product.id).toMatch(/^<svg xmlns="[^"]+" viewBox="0 0 600 750"/);
      expect(picture, product.id).not.toMatch(/NaN|undefined|Infinity|\[object/);
      expect(picture.match(/<path /g)?.length, product.id).toBeGreaterThan(5);
    }
  });

  test('fabrics that are named are drawn', ({ expect }) => {
    for (const product of products) {
      expect(drawProduct(product).includes('id="fabric"'), product.id).toBe(product.pattern !== 'plain');
    }
  });
});

test('an outline is mirrored at x = 0', ({ expect }) => {
  expect(symmetric([0, 0], [[10, 5, 20, 30]])).toBe('M0 0Q10 5 20 30L-20 30Q-10 5 0 0Z');
  expect(mirror('M1 2L-3 4Z')).toBe('M-1 2L3 4Z');
});

test('a blend runs from the first colour to the second', ({ expect }) => {
  expect([0, 0.5, 1].map((share) => mix('#000000', '#ff8000', share))).toEqual(['#000000', '#804000', '#ff8000']);
});
