import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../test/material/runs.ts';
import { afterChange } from './change.ts';
import { type Item, itemSchema } from './item.ts';
import { type ItemRead, readItem } from './read-item.ts';

const PLAIN = { id: '1', title: 'Shirt', url: '/p/1' };
function put(row: object): Item {
  const read = readItem({ ...PLAIN, ...row }, 'put');
  if ('fault' in read || read.change.kind !== 'put') throw new Error(JSON.stringify(read));
  return read.change.item;
}
const notesOf = (read: ItemRead) => ('fault' in read ? [read.fault] : read.notes);

describe('a product', () => {
  it('is read in the names of Merchant Center as in our own', ({ expect }) => {
    const feed = {
      'g:id': '1',
      title: 'Shirt',
      link: 'https://shop.example/1',
      'g:image_link': 'https://shop.example/1.jpg',
      'g:price': '19.99 EUR',
      'g:sale_price': '14.99 EUR',
      'g:sale_price_effective_date': '2026-11-24T09:00+0100/2026-11-30T23:59+0100',
      'g:availability': 'in_stock',
      'g:product_type': 'Clothes > Shirts',
      'g:brand': 'Loom',
      'g:item_group_id': 'shirt',
      'g:color': 'blue',
      'g:custom_label_0': 'summer',
      'g:shipping': '',
      'g:colour': 'blau',
    };
    expect(readItem(feed, 'put')).toEqual({
      change: {
        kind: 'put',
        item: {
          id: '1',
          title: 'Shirt',
          url: 'https://shop.example/1',
          image: 'https://shop.example/1.jpg',
          price: { amount: 19.99, currency: 'EUR' },
          sale: {
            price: { amount: 14.99, currency: 'EUR' },
            from: '2026-11-24T08:00:00.000Z',
            until: '2026-11-30T22:59:00.000Z',
          },
          category: 'Clothes > Shirts',
          brand: 'Loom',
          group: 'shirt',
          available: true,
          availability: 'in_stock',
          attributes: { color: 'blue', custom_label_0: 'summer' },
        },
      },
      notes: [],
      unknown: ['g:shipping', 'g:colour'],
    });
  });

  it.for([
    [{ price: '19.99 EUR' }, 19.99, 'EUR'],
    [{ price: 'EUR 19.99' }, 19.99, 'EUR'],
    [{ price: '19,99 €' }, 19.99, 'EUR'],
    [{ price: '£1,299.00' }, 1299, 'GBP'],
    [{ price: '1.299,00 EUR' }, 1299, 'EUR'],
    [{ price: 19.99, currency: 'eur' }, 19.99, 'EUR'],
    [{ price: { amount: '19,99', currency: 'EUR' } }, 19.99, 'EUR'],
    [{ price: '0 USD' }, 0, 'USD'],
  ] as const)('has the price that %o says', ([row, amount, currency], { expect }) => {
    expect(put(row).price).toEqual({ amount, currency });
  });

  it.for([
    ...['in stock', 'in_stock', 'InStock', 'https://schema.org/InStock', 'available', true, 1, 'yes'].map(
      (said) => [said, true, 'in_stock'] as const,
    ),
    ...['out of stock', 'out_of_stock', 'http://schema.org/OutOfStock', 'SoldOut', 'discontinued', false, 0, 'no'].map(
      (said) => [said, false, 'out_of_stock'] as const,
    ),
    ...['preorder', 'pre-order', 'PreOrder'].map((said) => [said, true, 'preorder'] as const),
    ...['backorder', 'BackOrder'].map((said) => [said, true, 'backorder'] as const),
  ])('whose availability is %o', ([said, available, availability], { expect }) => {
    expect(put({ availability: said })).toMatchObject({ available, availability });
    if (availability !== 'preorder' && availability !== 'backorder')
      expect(put({ available: said })).toMatchObject({ available });
  });

  it('is sold out when its stock is, or when either of two words says so', ({ expect }) => {
    expect(put({ stock: 0 }).available).toBe(false);
    expect(put({ quantity: '3' }).available).toBe(true);
    expect(put({ available: false, availability: 'in stock' }).available).toBe(false);
    expect(put({ available: true, availability: 'out of stock' }).available).toBe(false);
  });

  it('is refused when nobody can say whether it can be had, or what it is', ({ expect }) => {
    const fault = (row: unknown) => (readItem(row, 'put') as { fault: string }).fault;
    expect(fault({ ...PLAIN, availability: 'perhaps' })).toBe(
      'availability: must be one of in_stock, out_of_stock, preorder, backorder, found "perhaps"',
    );
    expect(fault({ ...PLAIN, stock: 'many' })).toBe('stock: must be a number, found "many"');
    expect(fault({ ...PLAIN, id: '[object Object]' })).toMatch(/^id: must be a text of 1–256 characters, found/);
    expect(fault({ id: '1', title: ' ' })).toBe('title: must be a text, found " "; url: must be a text, found none');
    expect(fault([1])).toMatch(/^a product must be an object such as .*, found an array$/);
  });

  it('keeps what can be used, and names what is left out', ({ expect }) => {
    const read = readItem({ ...PLAIN, price: 'on request', image: {}, brand: null }, 'put');
    expect(notesOf(read)).toEqual([
      'image: left out, found an object',
      'price: left out, found "on request"; write "19.99 EUR" or {"amount":19.99,"currency":"EUR"}',
    ]);
  });

  it('is the same product whatever order its members come in', ({ expect }) => {
    const [one, two] = [
      put({ attributes: { a: 1, b: 2 }, color: 'x' }),
      put({ color: 'x', attributes: { b: 2, a: 1 } }),
    ];
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  });

  it('is told by language, each with what differs', ({ expect }) => {
    const { locales } = put({ locales: { de: { title: 'Hemd', price: '21 EUR' }, 'de-AT': { available: 'no' } } });
    expect(locales).toEqual({
      de: { title: 'Hemd', price: { amount: 21, currency: 'EUR' } },
      'de-AT': { available: false },
    });
  });
});

describe('a change of a product', () => {
  const patch = (known: Item | undefined, row: object) => {
    const read = readItem({ id: '1', ...row }, 'patch');
    if ('fault' in read) throw new Error(read.fault);
    return afterChange(known, read.change);
  };
  const known = put({ price: '20 EUR', brand: 'Loom', attributes: { color: 'blue', size: 'M' } });

  it('sets what it names, takes away what is empty, and leaves the rest', ({ expect }) => {
    expect(patch(known, { price: '10 EUR', brand: '', color: 'red' })).toEqual({
      ...PLAIN,
      price: { amount: 10, currency: 'EUR' },
      available: true,
      attributes: { color: 'red', size: 'M' },
    });
  });

  it('says nothing of whether it can be had by saying nothing', ({ expect }) => {
    const soldOut = put({ available: false });
    expect(patch(soldOut, { title: 'New', available: null, availability: '' })).toMatchObject({ available: false });
    expect(patch(soldOut, { availability: 'in stock' })).toMatchObject({ available: true });
  });

  it('is refused for a product that is not there', ({ expect }) => {
    expect(patch(undefined, { title: 'New' })).toEqual({
      fault: 'there is no product "1" to change: send it whole',
    });
  });

  it('whatever a row holds, what is taken is a product, and nothing throws', ({ expect }) => {
    const names = [
      'id',
      'title',
      'url',
      'price',
      'sale',
      'sale_price',
      'availability',
      'attributes',
      'locales',
      'group',
    ];
    const value = fc.oneof(fc.constantFrom('1', '9 EUR', 'in stock', '', null, '__proto__', '\ud800'), fc.jsonValue());
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value),
        fc.constantFrom('put' as const, 'patch' as const),
        (row, meaning) => {
          const read = readItem(row, meaning);
          if ('fault' in read) return;
          const after = afterChange(known, read.change);
          if (after && !('fault' in after)) expect(itemSchema.parse(after)).toEqual(after);
        },
      ),
      { numRuns: runs(3_000) },
    );
  });
});
