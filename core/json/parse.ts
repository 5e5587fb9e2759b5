/** A surrogate's escape; without one, text that was UTF-8 holds no half character. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/** Each escape in turn, so that an escaped backslash is not taken for the start of the next one; pairs before halves. */
const ESCAPES = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)/gs;

/**
 * Reads JSON as `JSON.parse` does, with U+FFFD for each half of a character ("Trail \ud83d", a title cut inside an emoji), in
 * values and names: what is read can always be written as UTF-8. Throws SyntaxError.
 *
 * @param text as it came, decoded from UTF-8.
 */
export function parseWellFormed(text: string): unknown {
  if (!SURROGATE_ESCAPE.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(ESCAPES, (found, half?: string) => (half === undefined ? found : '\\ufffd')));
}
