import { expect, it } from 'vitest';
import type { Item } from './item.ts';
import { relatedTo } from './related.ts';

const item = (id: string, title: string, more: Partial<Item> = {}): Item => ({
  id,
  title,
  url: '/',
  available: true,
  price: { amount: 40, currency: 'EUR' },
  ...more,
});

it('puts nearer categories, rarer words and closer prices first, and takes none for its price alone', () => {
  const shirt = item('s', 'Linen shirt', { category: 'Clothes > Shirts', brand: 'Loom', group: 'g' });
  const others = [
    item('price only', 'Kettle'),
    item('variant', 'Linen shirt', { category: 'Clothes > Shirts', group: 'g' }),
    item('category', 'Oxford', { category: 'Clothes > Shirts' }),
    item('sibling', 'Chinos', { category: 'Clothes > Trousers' }),
    item('dear', 'Oxford', { category: 'Clothes > Shirts', price: { amount: 400, currency: 'EUR' } }),
    item('word', 'Linen napkin', { category: 'Kitchen' }),
    item('all', 'Linen shirt white', { category: 'Clothes > Shirts', brand: 'Loom' }),
  ];
  expect(relatedTo(shirt, others).map(({ id }) => id)).toEqual(['all', 'category', 'dear', 'sibling', 'word']);
  for (const { score } of relatedTo(shirt, others)) expect(score > 0 && score <= 1).toBe(true);
});
