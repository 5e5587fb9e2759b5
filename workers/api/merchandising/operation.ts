import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { merchandisingSchema, slotNameSchema } from '../../../core/merchandising/document.ts';
import { recommendationsSchema } from '../../edge/recommend/operation.ts';
import { readQuerySchema } from '../../edge/visitor/read-query.ts';
import { problemResponses } from '../../http/problem-responses.ts';

const documentSchema = merchandisingSchema.meta({ id: 'Merchandising' });

export const stateSchema = z.object({
  version: z.int().meta({ description: 'The one that is in force; 0 before the first.' }),
  publishedAt: z.int().nullable().meta({ description: 'ms since 1970' }),
  document: documentSchema,
  draft: z
    .object({
      document: documentSchema,
      base: z.int().meta({ description: 'The version that it began from.' }),
      updatedAt: z.int(),
    })
    .nullable(),
});

export const draftSchema = z.object({ document: documentSchema, base: z.int(), updatedAt: z.int() });
export const publishSchema = z.strictObject({ note: z.string().max(500).optional() });
export const rollbackSchema = z.strictObject({ version: z.int().min(0), note: z.string().max(500).optional() });
export const publishedSchema = z.object({ version: z.int() });
export const versionsSchema = z.object({
  versions: z.array(z.object({ version: z.int(), publishedAt: z.int(), note: z.string().nullable() })),
});
export const versionDocumentSchema = z.object({ version: z.int(), document: documentSchema });
export const diffQuerySchema = z.object({
  from: z.union([z.literal('draft'), z.coerce.number().int().min(0)]).optional(),
  to: z.union([z.literal('draft'), z.coerce.number().int().min(0)]).optional(),
});
export const diffSchema = z.object({
  differences: z.array(
    z.object({
      what: z.enum(['slot', 'rule', 'active', 'order']),
      name: z.string(),
      change: z.enum(['added', 'removed', 'changed']),
      before: z.unknown().optional(),
      after: z.unknown().optional(),
    }),
  ),
});

/** What a preview is asked with: a slot, for a visitor who is there or one who is made up. */
export const previewSchema = z.strictObject({
  slot: slotNameSchema,
  product: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .meta({ description: 'A product of which it shall say why it is or is not shown.' }),
  draft: z.boolean().default(true).meta({ description: 'By the draft, if there is one; false: by what is in force.' }),
  anonymousId: readQuerySchema.shape.anonymousId,
  userId: readQuerySchema.shape.userId,
  item: readQuerySchema.shape.item,
  locale: readQuerySchema.shape.locale,
  page: readQuerySchema.shape.page,
  pretend: z
    .strictObject({
      visitor: z.record(z.string(), z.unknown()).optional(),
      segments: z.array(z.string()).max(200).optional(),
      attributes: z.record(z.string(), z.unknown()).optional(),
      context: z.record(z.string(), z.unknown()).optional(),
      recent: z.array(z.string()).max(50).optional().meta({ description: 'His last products, newest first.' }),
      at: z.int().optional().meta({ description: 'A time, ms since 1970, for schedules.' }),
    })
    .default({})
    .meta({ description: 'Instead of what there is of him.' }),
});

/** What a read would answer, and the HTML of it. */
export const previewedSchema = recommendationsSchema.extend({
  html: z.string(),
  product: z
    .object({
      id: z.string(),
      state: z.enum(['shown', 'removed', 'unavailable', 'not_brought']),
      place: z.int().optional().meta({ description: 'Where it is shown, from 1.' }),
      by: z.string().optional().meta({ description: 'What removed it, as in `explanation.removed`.' }),
    })
    .optional()
    .meta({ description: 'Of the `product` that was asked about: `not_brought` where no strategy came upon it.' }),
});
/** Lets a page ask why, without the secret key. */
export const explainTokenSchema = z.object({
  token: z.string(),
  until: z.int().meta({ description: 'ms since 1970' }),
});
/** Names that conditions may use. */
export const namesSchema = z.object({
  visitor: z.array(z.string()),
  context: z.array(z.string()),
  item: z.array(z.string()),
  segments: z.array(z.string()),
  attributes: z.array(z.string()),
});

const shared = { tags: ['Merchandising'], security: [{ secretKey: [] }] as Record<string, string[]>[] };
const json = (schema: z.ZodType) => ({ 'application/json': { schema } });

export const merchandisingPaths: ZodOpenApiPathsObject = {
  '/api/merchandising': {
    get: {
      ...shared,
      summary: 'Read slots and rules',
      responses: {
        '200': { description: 'What is in force, and the draft.', content: json(stateSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/merchandising/draft': {
    put: {
      ...shared,
      summary: 'Save the draft',
      description:
        'The whole of slots and rules. Checked: conditions too, with the names of what the site has; `faults` of the answer name path, line and column of each mistake.',
      requestBody: { content: json(documentSchema) },
      responses: {
        '200': { description: 'Saved. Nothing of it is in force.', content: json(draftSchema) },
        ...problemResponses(400, 401, 403, 413, 415),
      },
    },
    delete: {
      ...shared,
      summary: 'Throw the draft away',
      responses: { '204': { description: 'Gone.' }, ...problemResponses(401, 403) },
    },
  },
  '/api/merchandising/publish': {
    post: {
      ...shared,
      summary: 'Publish the draft',
      description: 'In force everywhere within 30 seconds.',
      requestBody: { content: json(publishSchema) },
      responses: {
        '200': { description: 'Published.', content: json(publishedSchema) },
        ...problemResponses(400, 401, 403, 409, 413, 415),
      },
    },
  },
  '/api/merchandising/rollback': {
    post: {
      ...shared,
      summary: 'Publish an earlier version again',
      requestBody: { content: json(rollbackSchema) },
      responses: {
        '200': { description: 'Published, as a new version.', content: json(publishedSchema) },
        ...problemResponses(400, 401, 403, 404, 409, 413, 415),
      },
    },
  },
  '/api/merchandising/versions': {
    get: {
      ...shared,
      summary: 'List versions',
      responses: {
        '200': { description: 'Newest first; the last hundred.', content: json(versionsSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/merchandising/versions/{version}': {
    get: {
      ...shared,
      summary: 'Read a version',
      requestParams: { path: z.object({ version: z.coerce.number().int().min(0) }) },
      responses: {
        '200': { description: 'As it was published.', content: json(versionDocumentSchema) },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/merchandising/diff': {
    get: {
      ...shared,
      summary: 'Compare two versions, or the draft',
      description: 'Default: from what is in force to the draft.',
      requestParams: { query: diffQuerySchema },
      responses: {
        '200': { description: 'By slot and rule.', content: json(diffSchema) },
        ...problemResponses(400, 401, 403, 404),
      },
    },
  },
  '/api/merchandising/explain-token': {
    post: {
      ...shared,
      summary: 'Let a page explain its slots',
      description: 'A token for `explain=1&explainToken=…` on reads with the write key, for an hour.',
      responses: {
        '200': { description: 'The token.', content: json(explainTokenSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/merchandising/names': {
    get: {
      ...shared,
      summary: 'List names for conditions',
      responses: {
        '200': { description: 'By variable; segments and attributes are the site’s own.', content: json(namesSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/merchandising/preview': {
    post: {
      ...shared,
      summary: 'See what a slot would show, and why',
      description: 'The same call as serving, with the draft, for a visitor who is there or is made up.',
      requestBody: { content: json(previewSchema) },
      responses: {
        '200': { description: 'The answer of a read, explained.', content: json(previewedSchema) },
        ...problemResponses(400, 401, 403, 404, 413, 415),
      },
    },
  },
};
