import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { rowOf } from '../../core/lake/columns.ts';
import { encodeRows } from '../../core/lake/parquet.ts';
import { parseRaw } from '../../core/lake/raw-object.ts';
import type { LakeApi } from './lake-api.ts';

/** Downloads at once. */
const AT_ONCE = 8;

/**
 * A DuckDB connection with the view `events`: the current Parquet files of a site and what is not compacted yet, each event once. Files
 * are kept in `cacheDir`, whose names say their content; those that the lake has no more are removed.
 */
export async function openLake(api: LakeApi, cacheDir: string): Promise<DuckDBConnection> {
  const { site, files, raw } = await api.manifest();
  const wanted = [
    ...files.map(({ key }) => ({ key, local: key })),
    ...raw.map(({ key, etag }) => ({ key, local: `raw-rows/site=${site}/${etag}.parquet` })),
  ];
  const cached = await keepOnly(cacheDir, new Set(wanted.map(({ local }) => local)));
  const queue = wanted.filter(({ local }) => !cached.has(local));
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) await fetchFile(api, next, cacheDir);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(
    viewSql(
      site,
      wanted.map(({ local }) => path.join(cacheDir, local)),
    ),
  );
  return connection;
}

/** The Parquet file, or a raw object's events as one. */
async function fetchFile(
  api: LakeApi,
  { key, local }: { key: string; local: string },
  cacheDir: string,
): Promise<void> {
  const target = path.join(cacheDir, local);
  const bytes = await api.download(key);
  const parquet = key.endsWith('.parquet')
    ? bytes
    : await encodeRows(parseRaw(gunzipSync(bytes).toString()).events.map(rowOf));
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(`${target}.part`, parquet);
  await rename(`${target}.part`, target);
}

/** Removes cached files that are not wanted, and says which are there. */
async function keepOnly(cacheDir: string, wanted: ReadonlySet<string>): Promise<Set<string>> {
  const cached = new Set<string>();
  for (const entry of await readdir(cacheDir, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (!entry.isFile()) continue;
    const local = path.relative(cacheDir, path.join(entry.parentPath, entry.name));
    if (wanted.has(local)) cached.add(local);
    else await rm(path.join(cacheDir, local));
  }
  return cached;
}

/** Site, date and hour are made from the event itself, so that both kinds of files have them. */
function viewSql(site: string, files: readonly string[]): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  if (files.length === 0) return 'CREATE VIEW events AS SELECT NULL AS event_id, NULL AS type WHERE false';
  return `CREATE VIEW events AS
    SELECT ${quoted(site)} AS site, CAST(time AS DATE) AS date, hour(time) AS hour, *
    FROM read_parquet([${files.map(quoted).join(', ')}], hive_partitioning = false, union_by_name = true)
    QUALIFY row_number() OVER (PARTITION BY ledger, event_id ORDER BY received_at, message_id) = 1`;
}
