import { expect, it } from 'vitest';
import type { Item } from './item.ts';
import { servedItem } from './served-item.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const SHIRT: Item = { id: '1', title: 'Shirt', url: '/en/1', price: eur(20), description: 'long', available: true };

it('tells what visitors need, and not what is for the shop', () => {
  expect(servedItem(SHIRT, undefined, NOW)).toEqual({
    id: '1',
    title: 'Shirt',
    url: '/en/1',
    price: eur(20),
    available: true,
  });
  expect(servedItem({ ...SHIRT, available: false }, undefined, NOW)).toBeUndefined();
});

it.for([
  [{ price: eur(15) }, 15],
  [{ price: eur(15), from: '2026-11-26T12:00:00Z', until: '2026-11-26T12:00:00Z' }, 15],
  [{ price: eur(15), from: '2026-11-26T12:00:01Z' }, undefined],
  [{ price: eur(15), until: '2026-11-26T11:59:59Z' }, undefined],
  [{ price: eur(20) }, undefined],
  [{ price: { amount: 15, currency: 'USD' } }, undefined],
] as const)('shows the sale %o as %o', ([sale, amount]) => {
  expect(servedItem({ ...SHIRT, sale }, undefined, NOW)?.salePrice?.amount).toBe(amount);
});

it('speaks the language of the page: its country’s, else its own, else as it is', () => {
  const item: Item = {
    ...SHIRT,
    sale: { price: eur(15) },
    locales: {
      de: { title: 'Hemd', url: '/de/1' },
      'de-AT': { title: 'Leiberl', available: false },
      'de-CH': { price: { amount: 22, currency: 'CHF' } },
    },
  };
  expect(servedItem(item, 'de-DE', NOW)).toMatchObject({ title: 'Hemd', url: '/de/1', salePrice: eur(15) });
  expect(servedItem(item, 'de-AT', NOW)).toBeUndefined();
  expect(servedItem(item, 'fr', NOW)).toMatchObject({ title: 'Shirt' });
  expect(servedItem(item, 'constructor', NOW)).toMatchObject({ title: 'Shirt' });
  // Another price, so the sale of the first is none of it.
  const swiss = servedItem(item, 'de-CH', NOW);
  expect([swiss?.price, swiss?.salePrice]).toEqual([{ amount: 22, currency: 'CHF' }, undefined]);
});

it('begins and ends a sale of a product that a caller holds', () => {
  const item: Item = {
    ...SHIRT,
    sale: { price: eur(15), from: '2026-11-26T12:00:00Z', until: '2026-11-26T12:00:10Z' },
  };
  const at = (seconds: number) => servedItem(item, undefined, NOW + seconds * 1_000)?.salePrice?.amount;
  expect([at(-1), at(0), at(10), at(11), at(5)]).toEqual([undefined, 15, 15, undefined, 15]);
});
