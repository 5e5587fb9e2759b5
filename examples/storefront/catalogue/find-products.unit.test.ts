import { test } from 'vitest';
import { findProducts } from './find-products.ts';

test('every word must match the beginning of a word', ({ expect }) => {
  const found = findProducts('navy trench').map(({ id }) => id);
  expect(found).toEqual(['coat-navy-trench']);
  expect(findProducts('rench')).toEqual([]);
});

test('words match titles, makers, departments and colours, in any case', ({ expect }) => {
  for (const query of ['LINEN', 'casa lumo', 'knitwear', 'saffron', 'street']) {
    expect(findProducts(query).length, query).toBeGreaterThan(0);
  }
});

test('a query without words finds nothing', ({ expect }) => {
  for (const query of ['', '   ', '<>&"', '%%%']) expect(findProducts(query)).toEqual([]);
});
