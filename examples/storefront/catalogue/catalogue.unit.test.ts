import { describe, test } from 'vitest';
import { itemSchema } from '../../../core/catalog/item.ts';
import { categories, findProduct, products, toCatalogueItem } from './catalogue.ts';

describe('catalogue', () => {
  test('ids are unique and safe in an address and in a cookie', ({ expect }) => {
    expect(new Set(products.map(({ id }) => id)).size).toBe(products.length);
    for (const { id } of products) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });

  test('every product is what POST /api/catalog takes', ({ expect }) => {
    for (const product of products) {
      const item = toCatalogueItem(product, 'http://localhost:8788');
      expect(itemSchema.parse(item)).toEqual(item);
      expect(item.url).toBe(`http://localhost:8788/p/${product.id}`);
      expect(item.image).toBe(`http://localhost:8788/pictures/${product.id}.svg`);
      expect(item.price.amount).toBeGreaterThan(0);
    }
  });

  test('every department has enough for a page, and something that can be bought', ({ expect }) => {
    for (const { slug } of categories) {
      const own = products.filter(({ category }) => category === slug);
      expect(own.length, slug).toBeGreaterThanOrEqual(8);
      expect(own.some(({ available }) => available)).toBe(true);
    }
  });

  test('the first products show every department', ({ expect }) => {
    const first = products.slice(0, categories.length).map(({ category }) => category);
    expect(first).toEqual(categories.map(({ slug }) => slug));
  });

  test('a product is found by its id only', ({ expect }) => {
    for (const product of products) expect(findProduct(product.id)).toBe(product);
    for (const id of ['', '__proto__', 'constructor', 'DRESS-LINEN-WRAP']) expect(findProduct(id)).toBeUndefined();
  });
});
