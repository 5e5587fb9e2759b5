/** A surrogate's escape; without one, text that was UTF-8 holds no half character. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Each escape in turn, so that an escaped backslash is not taken for the start of the next one; pairs before halves. */
const ESCAPES = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)/gs;

/** A number with more digits than every number has that JavaScript holds whole. */
const LONG_NUMBER = /\d{16}/;

/**
 * Reads JSON as `JSON.parse` does, with U+FFFD for each half of a character ("Trail \ud83d", a title cut inside an emoji), in
 * values and names: what is read can always be written as UTF-8. A whole number beyond 2^53 becomes a text with all of its digits, so that
 * no two ids become one. Throws SyntaxError.
 *
 * @param text as it came, decoded from UTF-8.
 */
export function parseWellFormed(text: string): unknown {
  const whole = SURROGATE_ESCAPE.test(text)
    ? text.replace(ESCAPES, (found, half?: string) => (half === undefined ? found : '\\ufffd'))
    : text;
  return LONG_NUMBER.test(whole) ? JSON.parse(whole, keepDigits) : JSON.parse(whole);
}

/** As reviver, with the source text that `JSON.parse` hands to it (ECMAScript 2026). */
function keepDigits(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined && /^-?\d+$/.test(source)
    ? source
    : value;
}
