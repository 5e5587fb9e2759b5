import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LakeApi } from './lake-api.ts';

/** Downloads at once. */
const AT_ONCE = 8;

/**
 * Copies a site's Iceberg table into a folder, as it lies in the bucket: data files first, then what names them, and last the pointer. Names of files in
 * it are still those of the bucket.
 *
 * @returns the folder of the table.
 */
export async function copyTable(api: LakeApi, to: string): Promise<string> {
  const { parts, site } = await api.table();
  const { files } = await api.manifest();
  const copy = async (key: string) => {
    const target = path.join(to, key);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, await api.download(key));
  };
  const queue = files.map(({ key }) => key);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let key = queue.pop(); key !== undefined; key = queue.pop()) await copy(key);
    }),
  );
  for (const key of parts.toReversed()) await copy(key);
  return path.join(to, `events/site=${site}`);
}
