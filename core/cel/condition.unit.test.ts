import { describe, it } from 'vitest';
import { boundedInput } from './bounded-input.ts';
import { conditionCompiler } from './condition.ts';
import { CEL_LIMITS } from './limits.ts';

const compile = conditionCompiler(
  {
    attributes: 'map<string, dyn>',
    properties: 'map<string, dyn>',
    lastAt: 'map<string, google.protobuf.Timestamp>',
  },
  ['attributes', 'lastAt'],
);
const INPUT = {
  attributes: { views: 3n, spent: 12.5 },
  properties: { price: 20, tags: ['linen', 'blue'], products: [{ price: 3 }, { price: 40 }] },
  lastAt: { views: new Date(1_000_000) },
};

function verdict(source: string, nowMs = 0) {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.condition.evaluate(INPUT, nowMs);
}

function refusal(source: string) {
  const compiled = compile(source);
  return compiled.ok ? undefined : compiled.error;
}

describe('a condition', () => {
  it('compares counts, decimals, texts and lists', ({ expect }) => {
    for (const source of [
      'attributes.views >= 3',
      'attributes.spent == 12.5 && attributes.spent > 12',
      `!("orders" in attributes)`,
      'attributes.?orders.orValue(0) == 0',
      'properties.price > 19 && "blue" in properties.tags',
      'properties.products.exists(p, p.price > 30)',
    ]) {
      expect([source, verdict(source)]).toEqual([source, { holds: true, changesAt: null }]);
    }
  });

  it('does not hold where CEL has an error, and says which', ({ expect }) => {
    expect(verdict('attributes.orders > 0')).toEqual({
      holds: false,
      error: 'No such key: orders',
      lacksMember: true,
      changesAt: null,
    });
    expect(verdict('properties.price').error).toBe('the condition is not a boolean');
    expect(verdict('properties.constructor == 1').error).toBe('No such key: constructor');
  });

  it('says when a span of time will have passed', ({ expect }) => {
    const source = 'passed(lastAt.views, duration("20m"))';
    const at = 1_000_000 + 20 * 60_000;
    expect(verdict(source, at - 1)).toEqual({ holds: false, changesAt: at });
    expect(verdict(source, at)).toEqual({ holds: true, changesAt: null });
  });

  it('is refused with the place of what is wrong', ({ expect }) => {
    expect(refusal('attributes.views >\n  = 3')).toMatchObject({ line: 2, column: 3, offset: 21 });
    expect(refusal('true && foo > 1')).toMatchObject({ message: 'Unknown variable: foo', line: 1, column: 9 });
    expect(refusal('1 + 1')).toMatchObject({ message: 'must be a bool, but is int' });
    expect(refusal('"a" > 1')).toMatchObject({ offset: 0 });
  });

  it('names the members of tracked maps, and is refused when it uses them otherwise', ({ expect }) => {
    const compiled = compile('attributes.a > 1 && !("b" in attributes) && attributes["c"] == 1 && lastAt.a > lastAt.d');
    expect(compiled.ok && compiled.condition.members.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'a', 'd']);
    expect(refusal('size(attributes) > 1')).toMatchObject({ offset: 5 });
    expect(refusal('properties.k in attributes')).toMatchObject({ offset: 16 });
    expect(refusal('attributes[properties.k] == 1')).toMatchObject({ offset: 0 });
  });

  it('is refused when its cost is not bounded', ({ expect }) => {
    expect(refusal(`properties.name.matches("(a+)+$")`)?.message).toMatch(/^matches\(\) is not available/);
    expect(refusal('properties.a.all(x, properties.b.exists(y, x == y))')).toMatchObject({
      message: 'exists() stands inside another walk over a list',
      offset: 20,
    });
    expect(refusal('[1, 2].map(x, x) == [1]')?.message).toMatch(/^map\(\) is not available/);
    expect(refusal(`${'('.repeat(300)}true${')'.repeat(300)}`)).toBeDefined();
    expect(refusal(`true${' || true'.repeat(200)}`)).toBeDefined();
    expect(refusal(`"${'a'.repeat(CEL_LIMITS.sourceLength)}" == ""`)?.message).toMatch(/^longer than/);
  });

  it('sees a bounded part of its input', ({ expect }) => {
    const deep = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`);
    const input = { list: Array.from({ length: 5_000 }, () => 1), text: 'x'.repeat(9_000), deep };
    const seen = JSON.stringify(boundedInput(input));
    expect(seen.length).toBeLessThan(2_000);
    expect(boundedInput({ price: 1, tags: ['a'] })).toEqual({ price: 1, tags: ['a'] });
    expect(Object.getPrototypeOf(boundedInput(JSON.parse('{"__proto__": {"x": 1}}')))).toBe(Object.prototype);
  });
});
