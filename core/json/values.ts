/** Whether a value is an object with members: no array, not null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands there, for an error: a text or number itself, cut short, of anything else only what it is. */
export function found(value: unknown): string {
  if (value === undefined) return 'found none';
  if (typeof value === 'string') return `found ${JSON.stringify(value.slice(0, 32).toWellFormed())}`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return `found ${value}`;
  return Array.isArray(value) ? 'found an array' : 'found an object';
}
