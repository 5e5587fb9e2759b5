import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

const common = { tags: ['Lake'], security: [{ secretKey: [] }] };

/** What `GET /api/lake/manifest` answers. */
export const manifestSchema = z.object({
  v: z.literal(1),
  site: z.string(),
  commit: z.int().meta({ description: 'Grows with each change.' }),
  files: z
    .array(z.object({ key: z.string(), hour: z.string(), rows: z.int(), bytes: z.int() }))
    .meta({ description: 'Current Parquet files.' }),
  raw: z
    .array(z.object({ key: z.string(), etag: z.string(), bytes: z.int() }))
    .meta({ description: 'Raw objects that no Parquet file holds yet.' }),
});
/** What `GET /api/lake/table` answers. */
export const tableSchema = z.object({
  site: z.string(),
  location: z
    .string()
    .meta({ description: 'Where the Apache Iceberg table lies, e.g. `s3://vitrine-lake/events/site=shop`.' }),
  metadata: z.string().meta({ description: 'Its newest metadata, for engines that are told a file.' }),
  uuid: z.string(),
  commit: z.int().meta({ description: 'The lake’s commit that it shows: also its snapshot’s id.' }),
  publishedAt: z.iso.datetime(),
  files: z.int(),
  rows: z.int(),
  catalog: z
    .object({
      uri: z.string(),
      warehouse: z.string(),
      name: z.string().meta({ description: 'Its name there, e.g. `vitrine.shop`.' }),
      commit: z.int().meta({ description: 'The commit that it is known to show; 0: none yet.' }),
      fault: z.string().nullable().meta({ description: 'Why it shows no newer one.' }),
    })
    .nullable()
    .meta({ description: 'The Iceberg catalog that it is made known to, where one is named.' }),
  parts: z
    .array(z.string())
    .meta({ description: 'Keys of what it is made of beside its data files: pointer, metadata, list, manifests.' }),
});
/** What `POST /api/lake/compact` answers. */
export const compactedSchema = z.object({ done: z.boolean(), objects: z.int(), events: z.int() });

export const lakePaths: ZodOpenApiPathsObject = {
  '/api/lake/compact': {
    post: {
      ...common,
      summary: 'Compact the lake now',
      description: 'Also the hour that is not over. Ask again until `done`.',
      responses: {
        '200': { description: 'What was compacted.', ...json(compactedSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/lake/manifest': {
    get: {
      ...common,
      summary: 'List the lake’s files',
      responses: { '200': { description: 'What is current.', ...json(manifestSchema) }, ...problemResponses(401, 403) },
    },
  },
  '/api/lake/table': {
    get: {
      ...common,
      summary: 'Show the lake’s Iceberg table',
      responses: {
        '200': { description: 'Where it lies, and what it shows.', ...json(tableSchema) },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/lake/objects/{key}': {
    get: {
      ...common,
      summary: 'Download an object of the lake',
      requestParams: { path: z.object({ key: z.string() }) },
      responses: { '200': { description: 'Its bytes.' }, ...problemResponses(401, 403, 404) },
    },
  },
};
