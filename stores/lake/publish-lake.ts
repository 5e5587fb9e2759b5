import { tellCatalog } from './iceberg-catalog.ts';
import { publishTable } from './iceberg-table.ts';
import { writeManifest } from './manifest.ts';

/** Tells who reads the bucket itself what is current, after a commit: the manifest, the Iceberg table, and the catalog that knows of it. */
export async function publishLake(env: Env, site: string): Promise<void> {
  await writeManifest(env, site);
  await publishTables(env, site);
}

/** As `publishLake`, but for the manifest: nothing where both are told already. */
export async function publishTables(env: Env, site: string): Promise<void> {
  await publishTable(env, site);
  await tellCatalog(env, site);
}
