import { Hono } from 'hono';
import { parquetPrefix } from '../../../core/lake/partition.ts';
import { rawPrefix } from '../../../core/lake/raw-object.ts';
import { applyErasures } from '../../../jobs/compact/apply-erasures.ts';
import { compactSite } from '../../../jobs/compact/compact-site.ts';
import { onDemand } from '../../../stores/breathe.ts';
import { CATALOG_NAMESPACE, catalogOf } from '../../../stores/lake/iceberg-catalog.ts';
import { bucketPath, hintKey, metadataKey, publishedTable, tableLocation } from '../../../stores/lake/iceberg-table.ts';
import { readManifest } from '../../../stores/lake/manifest.ts';
import { listRaw } from '../../../stores/lake/raw-objects.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { compactedSchema, manifestSchema, tableSchema } from './operation.ts';

/** What one request spends on compaction; the caller asks again until it is done. */
const REQUEST_MS = 15_000;

/** `/api/lake`: compaction on demand, and the files for who wants to read them. */
export const lakeRoutes = new Hono<ApiContext>()
  .post('/compact', async (c) => {
    const site = c.get('site').id;
    const deadline = Date.now() + REQUEST_MS;
    const { done, ...compacted } = await onDemand(async () => {
      const round = await compactSite(c.env, site, Number.POSITIVE_INFINITY, deadline);
      return { ...round, done: round.done && (await applyErasures(c.env, site, deadline)) };
    });
    return answer(compactedSchema, { ...compacted, done });
  })
  .get('/manifest', async (c) => {
    const site = c.get('site').id;
    const { results } = await c.env.DB.prepare('SELECT key FROM lake_objects WHERE site = ?')
      .bind(site)
      .all<{ key: string }>();
    const held = new Set(results.map(({ key }) => key));
    const manifest = await readManifest(c.env, site);
    const raw: { key: string; etag: string; bytes: number }[] = [];
    for await (const { key, etag, size } of listRaw(c.env, site))
      if (!held.has(key)) raw.push({ key, etag, bytes: size });
    return answer(manifestSchema, { ...manifest, raw });
  })
  .get('/table', async (c) => {
    const site = c.get('site').id;
    const location = tableLocation(c.env, site);
    if (location === undefined)
      throw new HttpError(
        404,
        'No tables are made here: LAKE_LOCATION in wrangler.toml is empty. Name the bucket there.',
        {
          code: 'no_tables',
        },
      );
    const table = await publishedTable(c.env, site);
    if (!table || table.commit === 0)
      throw new HttpError(
        404,
        'The lake is not compacted yet: POST /api/lake/compact does it, and publishes the table.',
        {
          code: 'no_table',
        },
      );
    const catalog = catalogOf(c.env);
    const sumOf = (what: 'files' | 'rows') => table.manifests.reduce((sum, manifest) => sum + manifest[what], 0);
    return answer(tableSchema, {
      site,
      location,
      metadata: bucketPath(c.env, metadataKey(site, table.commit)),
      uuid: table.uuid,
      commit: table.commit,
      publishedAt: new Date(table.publishedAt).toISOString(),
      files: sumOf('files'),
      rows: sumOf('rows'),
      catalog: catalog ? { ...catalog, name: `${CATALOG_NAMESPACE}.${site}`, ...table.catalog } : null,
      parts: [hintKey(site), ...table.parts],
    });
  })
  .get('/objects/:key{.+}', async (c) => {
    const site = c.get('site').id;
    const key = c.req.param('key');
    const own = key.startsWith(parquetPrefix(site)) || key.startsWith(rawPrefix(site));
    const object = own ? await c.env.LAKE.get(key) : null;
    if (!object)
      throw new HttpError(404, 'This site’s lake has no such object; the manifest names those that it has.', {
        code: 'unknown_object',
      });
    return new Response(object.body, { headers: { 'content-type': 'application/octet-stream' } });
  });
