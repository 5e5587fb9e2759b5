import type { LakeRow } from '../../core/lake/columns.ts';
import { decodeRows, encodeRows } from '../../core/lake/parquet.ts';
import { type LakeFile, parquetKey } from '../../core/lake/partition.ts';

/** Writes rows of an hour as a file. Its name comes from its content, so that writing it again changes nothing. */
export async function writeParquet(
  env: Env,
  site: string,
  hour: number,
  rows: readonly LakeRow[],
  shard: number,
  shards: number,
): Promise<LakeFile> {
  const bytes = encodeRows(rows);
  const key = parquetKey(site, hour, bytes);
  const { etag } = await env.LAKE.put(key, bytes, {
    httpMetadata: { contentType: 'application/vnd.apache.parquet' },
  });
  return { key, shard, shards, rows: rows.length, bytes: bytes.byteLength, etag };
}

/** The rows of a current file. */
export async function readParquet(env: Env, key: string, columns?: readonly string[]): Promise<LakeRow[]> {
  const object = await env.LAKE.get(key);
  if (!object) throw new Error(`the lake's file ${key} is missing`);
  return decodeRows(new Uint8Array(await object.arrayBuffer()), columns);
}
