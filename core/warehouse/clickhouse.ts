import { type Cell, COLUMNS, type LakeRow } from '../lake/columns.ts';

/**
 * What a server can: `milliseconds` are servers before 20.5, which have no times finer than a second; there times are whole milliseconds since 1970.
 */
export type ClickHouseDialect = 'times' | 'milliseconds';

/** A column that makes rows of one event one, beside those of the lake. */
const OWN = { site: 'String', version: 'UInt64' } as const;
/** Columns that have a value in each row: the key, and what the table is parted by. */
const ALWAYS: ReadonlySet<string> = new Set(['event_id', 'type', 'time', 'received_at', 'ledger', 'ledger_hash']);
/** Of two rows of an event the one that came first is kept, as in the lake: the engine keeps the highest version. */
const NEWEST = Number.MAX_SAFE_INTEGER;
const FIRST_WITH_TIMES = [20, 5] as const;
const FIRST_WITH_TOKENS = [22, 2] as const;

/** The dialect of a server, by the version that it tells. */
export function dialectOf(version: string): ClickHouseDialect {
  return isSince(version, FIRST_WITH_TIMES) ? 'times' : 'milliseconds';
}

/** Whether a server knows an insert again by a token. */
export function knowsTokens(version: string): boolean {
  return isSince(version, FIRST_WITH_TOKENS);
}

function isSince(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** The table's columns with their types, in the order of the lake's. */
export function clickHouseColumns(dialect: ClickHouseDialect): ReadonlyMap<string, string> {
  const types = {
    STRING: 'String',
    TIMESTAMP: dialect === 'times' ? "DateTime64(3, 'UTC')" : 'Int64',
    DOUBLE: 'Float64',
    BOOLEAN: 'UInt8',
  } as const;
  return new Map([
    ...Object.entries(OWN),
    ...COLUMNS.map(({ name, type }) => [name, ALWAYS.has(name) ? types[type] : `Nullable(${types[type]})`] as const),
  ]);
}

/**
 * Statements that make the table as this build writes it, or bring one of an older build up to it: columns are only added. Nothing where it is so already.
 *
 * @param present the columns that the table has; none where there is no table.
 */
export function setupStatements(table: string, version: string, present: readonly string[]): string[] {
  const dialect = dialectOf(version);
  const columns = clickHouseColumns(dialect);
  if (present.length > 0)
    return [...columns]
      .filter(([name]) => !present.includes(name))
      .map(([name, type]) => `ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
  const month = dialect === 'times' ? 'toYYYYMM(time)' : 'toYYYYMM(toDateTime(intDiv(time, 1000)))';
  const window = knowsTokens(version) ? ' SETTINGS non_replicated_deduplication_window = 1000' : '';
  const list = [...columns].map(([name, type]) => `  ${name} ${type}`).join(',\n');
  return [
    `CREATE TABLE ${table} (\n${list}\n) ENGINE = ReplacingMergeTree(version) PARTITION BY ${month} ORDER BY (site, ledger_hash, event_id)${window}`,
  ];
}

/** Rows as lines of JSON, for `INSERT … FORMAT JSONEachRow`. */
export function rowLines(site: string, rows: readonly LakeRow[], dialect: ClickHouseDialect): string {
  return rows
    .map((row) => {
      const cells = COLUMNS.map(({ name }) => [name, jsonOf(row[name], dialect)] as const);
      const version = NEWEST - Number(row.received_at);
      return `${JSON.stringify({ site, version, ...Object.fromEntries(cells.filter(([, cell]) => cell !== null)) })}\n`;
    })
    .join('');
}

function jsonOf(cell: Cell | undefined, dialect: ClickHouseDialect): string | number | null {
  if (cell === undefined || cell === null) return null;
  if (cell instanceof Date)
    return dialect === 'times' ? cell.toISOString().replace('T', ' ').replace('Z', '') : cell.getTime();
  return typeof cell === 'boolean' ? Number(cell) : cell;
}

/** Events that are to go: of a ledger, or of one user of it, up to a time, ms since 1970. */
export interface ErasedEvents {
  readonly ledgerHash: string;
  readonly userId?: string | undefined;
  readonly until: number;
}

/** The statement that deletes what was erased. */
export function deleteStatement(
  table: string,
  site: string,
  erased: readonly ErasedEvents[],
  dialect: ClickHouseDialect,
): string {
  const time = dialect === 'times' ? 'toUnixTimestamp64Milli(time)' : 'time';
  const each = erased.map(({ ledgerHash, userId, until }) => {
    const user = userId === undefined ? '' : ` AND user_id = ${quoted(userId)}`;
    return `(ledger_hash = ${quoted(ledgerHash)}${user} AND ${time} <= ${Math.floor(until)})`;
  });
  return `ALTER TABLE ${table} DELETE WHERE site = ${quoted(site)} AND (${each.join(' OR ')})`;
}

/** A text as a literal of ClickHouse's SQL. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`;
}
