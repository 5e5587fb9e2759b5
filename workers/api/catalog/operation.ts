import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { itemSchema } from '../../../core/catalog/item.ts';
import { loadReportSchema } from '../../../core/catalog/load-report.ts';
import { servedItemSchema } from '../../../core/catalog/served-item.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** The query of an upload. */
export const uploadQuerySchema = z.object({
  source: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"')
    .default('api')
    .meta({ description: 'Who says so. A whole file removes what the same source said before.' }),
  whole: z.enum(['0', '1']).default('0').meta({
    description: '1: the file is all that the source has; what it said before and does not say now leaves.',
  }),
  accept: z.enum(['fewer']).optional().meta({
    description: 'A whole file may lack more than a fifth of what its source said before.',
  }),
});

/** The query of a list. */
export const listQuerySchema = z.object({
  after: z.string().max(256).default('').meta({ description: 'The `next` of the page before.' }),
  q: z
    .string()
    .max(256)
    .optional()
    .meta({ description: 'Words that a product has, the last as a beginning; best first, one page.' }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const listSchema = z.object({
  items: z.array(itemSchema),
  next: z.string().nullable().meta({ description: 'Null on the last page.' }),
  total: z.int(),
  shown: z.int().meta({ description: 'Those that may be shown.' }),
});

export const itemAnswerSchema = z.object({
  item: itemSchema,
  served: servedItemSchema.nullable().meta({ description: 'As visitors are told of it now; null if it is not shown.' }),
  seen: z.record(z.string(), z.unknown()).nullable().meta({ description: 'As conditions see it, `item`.' }),
});

export const removedSchema = z.object({ removed: z.boolean() });

const content = {
  'application/x-ndjson': { schema: itemSchema.meta({ id: 'Item' }) },
  'text/csv': { schema: z.string() },
  'text/tab-separated-values': { schema: z.string() },
  'application/xml': { schema: z.string() },
};

const upload = {
  tags: ['Catalogue'],
  security: [{ secretKey: [] }] as Record<string, string[]>[],
  requestParams: { query: uploadQuerySchema },
  requestBody: { content },
  responses: {
    '200': {
      description: 'The report; before it, where the file is long, lines `{ "progress": { … } }`, so far.',
      content: { 'application/x-ndjson': { schema: loadReportSchema } },
    },
    ...problemResponses(400, 401, 403, 415),
  },
} satisfies ZodOpenApiOperationObject;

const path = z.object({ id: z.string() });

export const catalogPaths: ZodOpenApiPathsObject = {
  '/api/catalog': {
    post: {
      ...upload,
      summary: 'Upload products',
      description:
        'A file of any length: NDJSON, a product a line; CSV or TSV with a head; or RSS or Atom, with the names of Google Merchant Center or our own. Plain or gzip. Each product is taken or refused for itself; one with a known id is replaced; a line `{"id":"…","deleted":true}` removes it. In force everywhere within three seconds.',
    },
    patch: {
      ...upload,
      summary: 'Change parts of products',
      description:
        'As the upload, but members that are not named stay, and one that is empty or null goes. A product that is not there is refused.',
    },
    get: {
      tags: ['Catalogue'],
      security: [{ secretKey: [] }],
      summary: 'List products',
      requestParams: { query: listQuerySchema },
      responses: {
        '200': {
          description: 'In the order of ids, or of how well they fit.',
          content: { 'application/json': { schema: listSchema } },
        },
        ...problemResponses(400, 401, 403),
      },
    },
  },
  '/api/catalog/{id}': {
    get: {
      tags: ['Catalogue'],
      security: [{ secretKey: [] }],
      summary: 'Read a product',
      requestParams: { path },
      responses: {
        '200': { description: 'As it is kept.', content: { 'application/json': { schema: itemAnswerSchema } } },
        ...problemResponses(401, 403, 404),
      },
    },
    delete: {
      tags: ['Catalogue'],
      security: [{ secretKey: [] }],
      summary: 'Remove a product',
      requestParams: { path },
      responses: {
        '200': {
          description: 'It is gone; `removed` is false if it was not there.',
          content: { 'application/json': { schema: removedSchema } },
        },
        ...problemResponses(401, 403),
      },
    },
  },
};
