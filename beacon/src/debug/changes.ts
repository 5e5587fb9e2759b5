/** A value that is another one now; a side that is not there is undefined. */
export interface Change {
  /** Its members' names, joined by dots. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Deeper than this, values are compared as a whole. */
const DEPTH = 3;

/** What is another in a value than it was before, member by member. */
export function changesOf(before: unknown, after: unknown, path = '', depth = 0): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (depth === DEPTH || !isObject(before) || !isObject(after)) return [{ path, before, after }];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
    changesOf(before[name], after[name], path ? `${path}.${name}` : name, depth + 1),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
