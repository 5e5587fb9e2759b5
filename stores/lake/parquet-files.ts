import type { LakeRow } from '../../core/lake/columns.ts';
import { statsOf } from '../../core/lake/file-stats.ts';
import type { HashRange } from '../../core/lake/hash-range.ts';
import { decodeLedgers, decodeRows, encodeRows } from '../../core/lake/parquet.ts';
import { type LakeFile, parquetKey, parquetPrefix } from '../../core/lake/partition.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../breathe.ts';

/** Rows that are encoded before requests run, over however many small files. */
const slice = new WorkSlice(400, rest);
const pause = async (rows: number) => {
  if (slice.spend(rows)) await slice.pause();
};

/**
 * Writes rows of an hour as a file, for the commit after another one. Its name comes from both, so that writing it again changes nothing.
 *
 * @param after number of the commit that the writer has read.
 */
export async function writeParquet(
  env: Env,
  site: string,
  hour: number,
  rows: readonly LakeRow[],
  shard: number,
  shards: number,
  after: number,
): Promise<LakeFile> {
  const bytes = await encodeRows(rows, pause);
  const key = parquetKey(site, hour, bytes, after);
  const { etag } = await env.LAKE.put(key, bytes, {
    httpMetadata: { contentType: 'application/vnd.apache.parquet' },
  });
  return { key, shard, shards, rows: rows.length, bytes: bytes.byteLength, etag, stats: statsOf(rows) };
}

/** The rows of a current file. */
export async function readParquet(env: Env, key: string, columns?: readonly string[]): Promise<LakeRow[]> {
  return decodeRows(await bytesOf(env, key), columns, pause);
}

/** The rows of some ledgers in a current file. */
export async function readLedgers(
  env: Env,
  key: string,
  hashes: HashRange,
  columns: readonly string[],
): Promise<LakeRow[]> {
  return decodeLedgers(await bytesOf(env, key), hashes, columns, pause);
}

async function bytesOf(env: Env, key: string): Promise<Uint8Array> {
  const object = await env.LAKE.get(key);
  if (!object) throw new Error(`the lake's file ${key} is missing`);
  return new Uint8Array(await object.arrayBuffer());
}

/** The etags of a site's Parquet files as the bucket has them, by key. */
export async function etagsOf(env: Env, site: string): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await env.LAKE.list({ prefix: parquetPrefix(site), ...(cursor !== undefined && { cursor }) });
    for (const { key, etag } of page.objects) etags.set(key, etag);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return etags;
}
