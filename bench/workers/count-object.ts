import { counters } from './counters.ts';

type Cursor = ReturnType<SqlStorage['exec']>;

/** Rows already counted of a cursor: its figures grow while it is read. */
const open = new Set<{ cursor: Cursor; written: number; read: number }>();

/** Counts the rows that an object's SQL reads and writes from now on, and its values and alarms, which write a row each. */
export function countObject(ctx: DurableObjectState): void {
  const { sql, kv } = ctx.storage;
  const exec = sql.exec.bind(sql);
  sql.exec = ((query: string, ...bindings: unknown[]) => {
    // A cursor counts the last of several statements only.
    const statements =
      bindings.length === 0 ? query.split(';').filter((statement) => statement.trim() !== '') : [query];
    const cursors = statements.map((statement) => exec(statement, ...bindings));
    for (const cursor of cursors) open.add({ cursor, written: 0, read: 0 });
    return cursors.at(-1);
  }) as SqlStorage['exec'];
  const put = kv.put.bind(kv);
  kv.put = (key, value) => {
    counters.rowsWritten += 1;
    put(key, value);
  };
  const get = kv.get.bind(kv);
  kv.get = <T>(key: string) => {
    counters.rowsRead += 1;
    return get<T>(key);
  };
  const setAlarm = ctx.storage.setAlarm.bind(ctx.storage);
  ctx.storage.setAlarm = (time, options) => {
    counters.rowsWritten += 1;
    return setAlarm(time, options);
  };
}

/** Adds what the cursors have read and written since the last call. */
export function settleCursors(): void {
  for (const entry of open) {
    counters.rowsWritten += entry.cursor.rowsWritten - entry.written;
    counters.rowsRead += entry.cursor.rowsRead - entry.read;
  }
  open.clear();
}
