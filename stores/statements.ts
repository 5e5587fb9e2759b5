/** D1 binds at most 100 values a statement. */
const MAX_BINDINGS = 100;

/** A list in parts of at most `size`, in order. */
export function chunked<T>(list: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < list.length; from += size) parts.push(list.slice(from, from + size));
  return parts;
}

/** Characters of a list that one statement binds as JSON: a value of D1 holds 2 MB, and a character up to three bytes of it. */
const JSON_LENGTH = 600_000;

/** A list as JSON arrays, each of which one statement may bind and read with `json_each`. */
export function jsonParts(list: readonly unknown[]): string[] {
  const parts: string[] = [];
  let open: string[] = [];
  let length = 0;
  for (const value of list) {
    const text = JSON.stringify(value);
    if (open.length > 0 && length + text.length > JSON_LENGTH) {
      parts.push(`[${open.join()}]`);
      open = [];
      length = 0;
    }
    open.push(text);
    length += text.length + 1;
  }
  if (open.length > 0) parts.push(`[${open.join()}]`);
  return parts;
}

/** The placeholders of a list, for `IN (…)`. */
export function marks(list: readonly unknown[]): string {
  return list.map(() => '?').join(', ');
}

/** Values in parts that one statement may bind beside `others` values of its own. */
export function bindable<T>(values: readonly T[], others: number, times = 1): T[][] {
  return chunked(values, Math.max(1, Math.floor((MAX_BINDINGS - others) / times)));
}

/**
 * Statements that insert rows of the same width, as many in each as may be bound.
 *
 * @param head what stands before `VALUES`, e.g. `INSERT OR IGNORE INTO t (a, b)`.
 * @param tail what stands after, e.g. `ON CONFLICT DO NOTHING`.
 */
export function insertRows(
  env: Env,
  head: string,
  rows: readonly (readonly (string | number | null)[])[],
  tail = '',
): D1PreparedStatement[] {
  const width = rows[0]?.length ?? 1;
  return chunked(rows, Math.max(1, Math.floor(MAX_BINDINGS / width))).map((part) =>
    env.DB.prepare(`${head} VALUES ${part.map((row) => `(${marks(row)})`).join(', ')} ${tail}`).bind(...part.flat()),
  );
}

/** Rows of a query that is asked for lists of any length: one statement for each part that D1 can bind. */
export async function selectIn(
  env: Env,
  sqlOf: (marks: string) => string,
  leading: readonly (string | number)[],
  values: readonly (string | number)[],
): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = [];
  for (const part of bindable(values, leading.length)) {
    const { results } = await env.DB.prepare(sqlOf(marks(part)))
      .bind(...leading, ...part)
      .all();
    found.push(...results);
  }
  return found;
}

/** Whether D1 refused a write since a row of that key stands there already. */
export function isConstraintError(error: unknown): boolean {
  return /UNIQUE|constraint/i.test(String(error));
}
