import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { icebergRead } from 'icebird';

const S3 = /^https:\/\/[^/]+\.s3\.amazonaws\.com\//;

/** Rows of a table, read by `icebird`, which fetches from Amazon's S3: here the bucket is a folder. */
export async function readIceberg(location: string, bucket: string): Promise<Record<string, unknown>[]> {
  const own = globalThis.fetch;
  globalThis.fetch = async (input, init = {}) => {
    const url = decodeURIComponent(`${input instanceof Request ? input.url : input}`);
    if (!S3.test(url)) return own(input, init);
    const file = await readFile(path.join(bucket, url.replace(S3, ''))).catch(() => undefined);
    if (!file) return new Response('', { status: 404 });
    const range = new Headers(init.headers).get('range')?.match(/bytes=(\d+)-(\d*)/);
    if (!range) return new Response(file);
    return new Response(file.subarray(Number(range[1]), range[2] ? Number(range[2]) + 1 : undefined), { status: 206 });
  };
  try {
    return await icebergRead({ tableUrl: location });
  } finally {
    globalThis.fetch = own;
  }
}
