/** What programs write where an id is missing: `String(undefined)`, a zero UUID, a template that was not filled in. */
const NOBODY = /^(undefined|null|nan|true|false|anonymous|guest|\[object \w+\]|[\s0-]*)$/i;

/**
 * An id of a person as text: texts as they are, whole numbers as their digits. Nothing for what identifies nobody: an empty text, an object,
 * a number beyond 2^53, whose last digits are lost already, and texts such as "undefined", "[object Object]" or zeros only.
 */
export function idText(value: unknown): string | undefined {
  const text = /string|bigint/.test(typeof value) || Number.isSafeInteger(value) ? String(value) : '';
  return NOBODY.test(text) ? undefined : text;
}
