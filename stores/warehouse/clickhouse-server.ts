import { gzipSync } from 'node:zlib';
import { dialectOf, knowsTokens } from '../../core/warehouse/clickhouse.ts';

/** Where a ClickHouse server is asked, over HTTP. */
export interface ClickHouseAccess {
  /** e.g. `https://clickhouse.shop.example:8443` */
  readonly url: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** What a server answered that refused. Its words may quote what was sent, which names people: a log line takes `code` alone. */
export class ClickHouseError extends Error {
  override name = 'ClickHouseError';
  /** The server's number of it, e.g. `117`; empty where it told none. */
  readonly code: string;

  constructor(message: string) {
    super(message);
    this.code = /\bCode: (\d+)/.exec(message)?.[1] ?? '';
  }
}

const TIMEOUT_MS = 30_000;
const MAX_ERROR = 500;
const GZIP_LEVEL = 1;
/** The table of events, in the database. */
export const EVENTS_TABLE = 'events';

/**
 * Asks a server: `query` in the address where there is a body, which is gzipped; else as the body. Gives what it answered.
 *
 * @param settings for this query alone.
 * @throws ClickHouseError where it refuses, with its words; TypeError or TimeoutError where it is away.
 */
export async function askClickHouse(
  { url, database, user, password }: ClickHouseAccess,
  query: string,
  body?: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const target = new URL(url);
  for (const [name, value] of Object.entries({ database, ...settings })) target.searchParams.set(name, value);
  if (body !== undefined) target.searchParams.set('query', query);
  const response = await fetch(target, {
    method: 'POST',
    headers: {
      'x-clickhouse-user': user,
      'x-clickhouse-key': password,
      'content-type': 'text/plain; charset=utf-8',
      ...(body !== undefined && { 'content-encoding': 'gzip' }),
    },
    body: body === undefined ? query : new Uint8Array(gzipSync(body, { level: GZIP_LEVEL })),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new ClickHouseError(text.trim().slice(0, MAX_ERROR) || `answered ${response.status}`);
  return text;
}

/** The rows of a query; whole numbers of 64 bits are texts. */
export async function rowsOfClickHouse(access: ClickHouseAccess, query: string): Promise<(string | number | null)[][]> {
  const { data } = JSON.parse(await askClickHouse(access, `${query} FORMAT JSONCompact`));
  return data;
}

const versions = new Map<string, string>();

/** The version of a server, asked once. */
export async function versionOf(access: ClickHouseAccess): Promise<string> {
  const known = versions.get(access.url);
  if (known !== undefined) return known;
  const version = (await askClickHouse({ ...access, database: 'default' }, 'SELECT version()')).trim();
  versions.set(access.url, version);
  return version;
}

/**
 * Writes lines of JSON into the table. Written again under the same token nothing is added where the server knows tokens; else rows of an event become one
 * when parts are merged, and in each query that says FINAL.
 */
export async function insertLines(access: ClickHouseAccess, lines: string, token: string): Promise<void> {
  if (lines === '') return;
  const version = await versionOf(access);
  await askClickHouse(access, `INSERT INTO ${EVENTS_TABLE} FORMAT JSONEachRow`, lines, {
    // A table of an older build has not all columns.
    input_format_skip_unknown_fields: '1',
    ...(dialectOf(version) === 'milliseconds' && { enable_http_compression: '1' }),
    ...(knowsTokens(version) && { insert_deduplication_token: token }),
  });
}
