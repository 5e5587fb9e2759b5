import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseWellFormed } from './parse.ts';

/** Any text: halves of characters, pairs, backslashes, letters that look like escapes. */
const text = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
      fc.integer({ min: 0x20, max: 0x7e }).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('\\', '"', 'ud83d', '\\ud83d', '\\uDC5F', '\\\\ud83d\\udc5f', '👟'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/**
 * Any text but one that ends in a backslash: V8 of Node 24 takes the name `"\""` for the name `"\\"` when it has read an object
 * of that shape before (`JSON.parse` by itself; workerd's does not).
 */
const name = text.filter((said) => !said.endsWith('\\'));

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), wellFormed(member)]));
}

/** JSON with every code unit as an escape, in one case or the other. */
function escaped(said: string, upper: boolean): string {
  const units = Array.from({ length: said.length }, (_, at) => said.charCodeAt(at).toString(16).padStart(4, '0'));
  return `"${units.map((hex) => `\\u${upper ? hex.toUpperCase() : hex}`).join('')}"`;
}

test('reads any JSON as it stands, with U+FFFD for half characters in values and names', () => {
  const json = fc.letrec((tie) => ({
    value: fc.oneof(text, fc.integer(), fc.constant(null), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
    object: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      expect(parseWellFormed(JSON.stringify(value))).toEqual(wellFormed(value));
    }),
    { numRuns: 2_000 },
  );
});

test('reads strings of nothing but escapes, in capitals too', () => {
  fc.assert(
    fc.property(text, fc.boolean(), (said, upper) => {
      expect(parseWellFormed(escaped(said, upper))).toBe(said.toWellFormed());
    }),
    { numRuns: 2_000 },
  );
});

test('refuses what is no JSON as JSON.parse does', () => {
  for (const broken of ['{"a":"\\ud83d}', '"\\ud83"', '"\\ud83d\\"', '\\ud83d', '['.repeat(10_000)])
    expect(() => parseWellFormed(broken)).toThrow(SyntaxError);
});
