import { counters } from './counters.ts';

type Cursor = ReturnType<SqlStorage['exec']>;

/** Rows already counted of a cursor: its figures grow while it is read. */
const open = new Set<{ cursor: Cursor; written: number; read: number }>();

/** Counts the rows that an object's SQL reads and writes from now on, and its alarms, which write a row each. */
export function countObject(ctx: DurableObjectState): void {
  const { sql } = ctx.storage;
  const exec = sql.exec.bind(sql);
  sql.exec = ((query: string, ...bindings: unknown[]) => {
    const cursor = exec(query, ...bindings);
    open.add({ cursor, written: 0, read: 0 });
    return cursor;
  }) as SqlStorage['exec'];
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
