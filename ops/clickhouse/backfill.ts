import { decodeRows } from '../../core/lake/parquet.ts';
import { dialectOf, rowLines } from '../../core/warehouse/clickhouse.ts';
import { type ClickHouseAccess, insertLines, versionOf } from '../../stores/warehouse/clickhouse-server.ts';
import type { LakeApi } from '../lake/lake-api.ts';

/** Files that are written at once. */
const AT_ONCE = 4;

/** Writes a site's compacted events, of some days (UTC) or all. What is there already is replaced by itself. */
export async function backfillClickHouse(
  access: ClickHouseAccess,
  api: LakeApi,
  { from = '', to = '9999' }: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<{ files: number; rows: number }> {
  const { site, files } = await api.manifest();
  const dialect = dialectOf(await versionOf(access));
  const queue = files.filter(({ hour }) => hour.slice(0, 10) >= from && hour.slice(0, 10) <= to);
  const written = { files: queue.length, rows: 0 };
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let file = queue.pop(); file; file = queue.pop()) {
        const rows = await decodeRows(await api.download(file.key));
        await insertLines(access, rowLines(site, rows, dialect), `backfill ${file.key}`);
        written.rows += rows.length;
      }
    }),
  );
  return written;
}
