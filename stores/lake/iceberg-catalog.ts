import { IcebergError, IcebergRestCatalog, type TableMetadata } from 'iceberg-js';
import { catalogUpdate, ForeignTable } from '../../core/iceberg/catalog-update.ts';
import { log } from '../log.ts';
import { bucketPath, metadataKey, publishedTable } from './iceberg-table.ts';

/** The namespace of the sites' tables. */
export const CATALOG_NAMESPACE = 'vitrine';
/** How long one answer of the catalog may take. */
const WAIT_MS = 10_000;
const FAULT_CHARACTERS = 300;
/** After no answer came at all nobody is asked for so long: of many sites each would wait for it. */
const SILENT_MS = 60_000;
let silentUntil = 0;

/** The catalog that tables are made known to; nothing where none is named. */
export function catalogOf(env: Env): { readonly uri: string; readonly warehouse: string } | undefined {
  const [uri, warehouse] = [String(env.CATALOG_URI), String(env.CATALOG_WAREHOUSE)];
  return uri === '' ? undefined : { uri, warehouse };
}

/**
 * Has the Iceberg catalog show what is published of a site's table: registers it there the first time, then commits its newest snapshot. A catalog that is
 * away, or refuses, is asked again after the next compaction; why stands with the table meanwhile. Drops nothing there: a catalog may delete files with it.
 */
export async function tellCatalog(env: Env, site: string): Promise<void> {
  const catalog = catalogOf(env);
  const table = catalog && (await publishedTable(env, site));
  if (!table || table.commit === 0 || table.catalog.commit >= table.commit) return;
  if (Date.now() < silentUntil) return;
  const { commit } = table;
  const fault = await show(env, site, commit).then(
    () => null,
    (error: unknown) => {
      // An answer has a status, also where it refuses.
      if (!(error instanceof ForeignTable || (error instanceof IcebergError && error.status > 0)))
        silentUntil = Date.now() + SILENT_MS;
      return String(error instanceof Error ? error.message : error).slice(0, FAULT_CHARACTERS);
    },
  );
  if (fault !== null) log('catalog_refused', { site, commit, error: fault });
  await env.DB.prepare(
    'UPDATE lake_tables SET catalog_commit = MAX(catalog_commit, ?), catalog_fault = ? WHERE site = ? AND catalog_commit <= ?',
  )
    .bind(fault === null ? commit : 0, fault, site, commit)
    .run();
}

async function show(env: Env, site: string, commit: number): Promise<void> {
  const key = metadataKey(site, commit);
  const ours = await (await env.LAKE.get(key))?.json<TableMetadata>();
  // A newer commit is being told already.
  if (!ours) return;
  const catalog = clientOf(env);
  const id = { namespace: [CATALOG_NAMESPACE], name: site };
  const theirs = await catalog.loadTable(id).catch(nothingWhereUnknown);
  if (!theirs) {
    await catalog.createNamespaceIfNotExists({ namespace: id.namespace });
    await catalog.registerTable({ namespace: id.namespace }, { name: site, 'metadata-location': bucketPath(env, key) });
    return;
  }
  const update = catalogUpdate(ours, theirs);
  if (update) await catalog.commitTable(id, update);
}

function clientOf(env: Env): IcebergRestCatalog {
  const { uri = '', warehouse = '' } = catalogOf(env) ?? {};
  const { CATALOG_TOKEN: token } = env as Env & { readonly CATALOG_TOKEN?: string };
  return new IcebergRestCatalog({
    baseUrl: uri,
    ...(warehouse !== '' && { warehouse }),
    auth: token === undefined ? { type: 'none' } : { type: 'bearer', token },
    fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(WAIT_MS) }),
  });
}

function nothingWhereUnknown(error: unknown): undefined {
  if (error instanceof IcebergError && error.isNotFound()) return undefined;
  throw error;
}
