import fc from 'fast-check';
import { describe, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { scaled, shapeOf, unscaled } from './event-shape.ts';
import { makeShapeModel, oddFeatures, readShapeModel, shapeModelBytes } from './shape-model.ts';

/** Orders of a shop: two or three products, some ten to some hundred euros. */
function orders(seed: number, count: number): number[][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const products = 1 + Math.floor(3 * random());
    const total = products * Math.exp(3 + random() + random());
    return shapeOf({ total, products: Array.from({ length: products }) }, 1 + Math.floor(2 * random())) ?? [];
  });
}

describe('the shape of an event', () => {
  it('is its numbers, and nothing where it has none', ({ expect }) => {
    expect(shapeOf({ name: 'x' }, 3)).toBeUndefined();
    expect(shapeOf(undefined, 3)).toBeUndefined();
    expect(shapeOf({ price: 'free', total: Number.POSITIVE_INFINITY }, 3)).toBeUndefined();
    expect(shapeOf({ price: 9, revenue: 99 }, 1)).toEqual([
      Math.log(10),
      Number.NaN,
      Math.log(100),
      Number.NaN,
      Math.log(2),
    ]);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
        expect(unscaled(scaled(value))).toBeCloseTo(Number(value.toPrecision(4)), Math.abs(value) > 1 ? -6 : 3);
      }),
    );
  });
});

describe('a model of shapes', () => {
  it('finds what is a hundred times as much, names why, and leaves what is usual alone', ({ expect }) => {
    for (const seed of [1, 2, 3]) {
      const model = makeShapeModel('order_completed', orders(seed, 600), seededRandom(seed));
      if (!model) throw new Error('there is no model');
      const read = readShapeModel(shapeModelBytes(model));
      const products = [1, 2];
      const odd = oddFeatures(read, shapeOf({ total: 12_345, products }, 1) ?? []);
      expect(odd?.[0]).toMatchObject({ feature: 'total', value: expect.closeTo(12_345, -2) });
      expect(odd?.[0]?.usual).toBeGreaterThan(20);
      expect(odd?.[0]?.usual).toBeLessThan(400);
      const flagged = orders(seed + 100, 2_000).filter((row) => oddFeatures(read, row)).length;
      expect(flagged).toBeLessThan(30);
    }
  });

  it('is not made of too few, nor used where it would find nothing', ({ expect }) => {
    expect(makeShapeModel('a', orders(1, 299), seededRandom(1))).toBeUndefined();
    // Totals from a cent to a billion: a hundred times as much is nothing odd.
    const random = seededRandom(5);
    const wild = Array.from({ length: 600 }, () => shapeOf({ total: Math.exp(40 * random() - 5) }, 1) ?? []);
    expect(makeShapeModel('a', wild, seededRandom(1))).toBeUndefined();
  });

  it('refuses bytes of another form', ({ expect }) => {
    const model = makeShapeModel('a', orders(1, 400), seededRandom(1));
    if (!model) throw new Error('there is no model');
    const bytes = shapeModelBytes(model);
    expect(() => readShapeModel({ ...bytes, v: 2 as 1 })).toThrow('no model of version 2');
    expect(() => readShapeModel({ ...bytes, forest: bytes.forest.slice(9) })).toThrow(RangeError);
  });
});
