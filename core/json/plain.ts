/** What JSON would lose, as JSON: maps and sets become objects and lists, bytes their length, big integers numbers. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, own]) => [String(key), plain(own)]));
  if (value instanceof Set) return [...value].map(plain);
  if (typeof value === 'bigint') return Number(value);
  if (ArrayBuffer.isView(value)) return { bytes: value.byteLength };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, own]) => [name, plain(own)]));
}
