import { publishTable } from './iceberg-table.ts';
import { writeManifest } from './manifest.ts';

/** Tells who reads the bucket itself what is current, after a commit: the manifest, and the Iceberg table. */
export async function publishLake(env: Env, site: string): Promise<void> {
  await writeManifest(env, site);
  await publishTable(env, site);
}
