import { parquetPrefix } from '../../core/lake/partition.ts';
import { isoHour } from '../../core/time.ts';
import { commitNumber, listPartitions } from './partitions.ts';

/** What is current of a site's lake, for who reads the bucket itself. */
export interface Manifest {
  readonly v: 1;
  readonly site: string;
  /** Grows with each change. */
  readonly commit: number;
  readonly files: readonly {
    readonly key: string;
    /** Start of the hour, ISO 8601. */
    readonly hour: string;
    readonly rows: number;
    readonly bytes: number;
  }[];
}

/** The manifest as D1 has it. */
export async function readManifest(env: Env, site: string): Promise<Manifest> {
  const [commit, partitions] = await Promise.all([commitNumber(env, site), listPartitions(env, site)]);
  const files = partitions.flatMap(({ hour, files }) =>
    files.map(({ key, rows, bytes }) => ({ key, hour: isoHour(hour), rows, bytes })),
  );
  return { v: 1, site, commit, files };
}

/** Key of the manifest in the bucket. */
export function manifestKey(site: string): string {
  return `${parquetPrefix(site)}manifest.json`;
}

/** Writes the manifest to the bucket, after a commit. */
export async function writeManifest(env: Env, site: string): Promise<void> {
  const manifest = await readManifest(env, site);
  await env.LAKE.put(manifestKey(site), JSON.stringify(manifest), {
    httpMetadata: { contentType: 'application/json' },
  });
}
