import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** What `POST /api/failed-events/recover` answers. */
export const recoveredSchema = z.object({
  recovered: z.int().meta({ description: 'Messages that the queue has again.' }),
  done: z.boolean().meta({ description: 'Whether none is left; else ask again.' }),
});

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const filter = {
  reason: z.string().max(64).optional().meta({ description: 'E.g. `invalid_properties`.' }),
  path: z.string().max(128).optional().meta({ description: 'Where the fault lies, e.g. `properties.price`.' }),
  type: z.string().max(64).optional(),
  schema: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'The version of the schema that they do not keep to.' }),
  since: time.optional().meta({ override: { type: 'string', format: 'date-time' } }),
  until: time.optional().meta({ override: { type: 'string', format: 'date-time' } }),
};
/** The query of the causes. */
export const causesQuerySchema = z.object(filter);
/** The query of the list. */
export const failedQuerySchema = z.object({
  ...filter,
  id: z.string().max(64).optional().meta({ description: 'The event’s own id.' }),
  personal: z.enum(['0', '1']).default('0').meta({
    description:
      '`1` shows what schemas call personal (`x-personal`), which is masked otherwise; needs the scope `people:read`, and stands in the audit trail.',
  }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});

export const causesSchema = z.object({
  causes: z.array(
    z.object({
      reason: z.string(),
      path: z.string(),
      type: z.string().nullable(),
      events: z.int(),
      firstAt: z.iso.datetime(),
      lastAt: z.iso.datetime(),
    }),
  ),
});

/** A failed event by its key: when it failed, and its name there. */
const key = z.string().regex(/^\d{1,16}\.[\w-]{1,100}$/, 'must be the `key` of a failed event');
export const failedSchema = z.object({
  events: z.array(
    z.object({
      key,
      failedAt: z.iso.datetime(),
      reason: z.string(),
      path: z.string(),
      message: z.string(),
      type: z.string().nullable(),
      id: z.string().nullable(),
      schemaVersion: z.int().nullable().meta({ description: 'The version of the schema that it does not keep to.' }),
      byServer: z.boolean().meta({ description: 'Whether it came with the secret key.' }),
      event: z
        .unknown()
        .meta({ description: 'What came, without proofs, and without what is personal unless that was asked for.' }),
    }),
  ),
  next: z.string().nullable().meta({ description: 'The cursor of the next page; null at the end.' }),
});

export const retrySchema = z.object({
  dryRun: z.boolean().default(false),
  history: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether what is too old for the profiles goes to the lake, and is not refused as late.' }),
  events: z
    .array(z.object({ key, event: z.unknown().optional().meta({ description: 'In the place of what came.' }) }))
    .min(1)
    .max(200),
});
export const retriedSchema = z.object({
  events: z.array(
    z.object({
      key,
      outcome: z.enum(['accepted', 'history', 'refused', 'gone']),
      code: z.string().optional(),
      message: z.string().optional(),
    }),
  ),
});

const common = { tags: ['Failed events'], security: [{ secretKey: [] }] as Record<string, string[]>[] };

export const failedEventsPaths: ZodOpenApiPathsObject = {
  '/api/failed-events': {
    get: {
      ...common,
      summary: 'List failed events',
      description: 'What was refused, and could not be counted, in the order in which it failed.',
      requestParams: { query: failedQuerySchema },
      responses: {
        '200': { description: 'A page of them.', ...json(failedSchema) },
        ...problemResponses(400, 401, 403),
      },
    },
  },
  '/api/failed-events/causes': {
    get: {
      ...common,
      summary: 'Group failed events by their cause',
      requestParams: { query: causesQuerySchema },
      responses: {
        '200': { description: 'Reason, place of the fault and type, most first; at most 200.', ...json(causesSchema) },
        ...problemResponses(400, 401, 403),
      },
    },
  },
  '/api/failed-events/retry': {
    post: {
      ...common,
      summary: 'Send failed events in again',
      description:
        'Under their own ids and times, as they came or as `event` says. What is taken is forgotten here; each counts once, however often this is called.',
      requestBody: json(retrySchema),
      responses: {
        '200': { description: 'What became of each, or would.', ...json(retriedSchema) },
        ...problemResponses(400, 401, 403, 503),
      },
    },
  },
  '/api/failed-events/recover': {
    post: {
      ...common,
      summary: 'Bring dead letters back',
      description:
        'Hands messages that every delivery failed for, as when a store was away for too long, to the queue again. They count once, however often this is called.',
      responses: {
        '200': { description: 'Brought back.', ...json(recoveredSchema) },
        ...problemResponses(401, 403, 503),
      },
    },
  },
};
