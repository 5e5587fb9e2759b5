import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { doorSchema } from '../../../core/schemas/door.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

export const typeSchema = z
  .string()
  .regex(
    /^[A-Za-z][\w.:-]{0,63}$/,
    'a type of events starts with a letter and has 1–64 letters, digits, "_", ".", ":" or "-"',
  )
  .meta({ description: 'A type of events, which is the subject of their schema.' });

export const schemasSchema = z.object({
  schemas: z.array(
    z.object({
      type: z.string(),
      latest: z.int().nullable().meta({ description: 'The newest version; null where no schema is registered.' }),
      door: doorSchema,
    }),
  ),
});

export const watchedQuerySchema = z.object({
  type: z.string().max(64).optional(),
  days: z.coerce.number().int().min(1).max(30).default(7),
});
export const watchedSchema = z.object({
  faults: z.array(
    z.object({
      type: z.string(),
      version: z.int(),
      path: z.string(),
      events: z.int(),
      message: z.string().meta({ description: 'Of one of them.' }),
      firstDay: z.iso.date(),
      lastDay: z.iso.date(),
    }),
  ),
});

const common = { tags: ['Schema registry'], security: [{ secretKey: [] }] as Record<string, string[]>[] };
const path = z.object({ type: typeSchema });

export const schemaPaths: ZodOpenApiPathsObject = {
  '/api/schemas': {
    get: {
      ...common,
      summary: 'List how events are checked when they come in',
      responses: {
        '200': { description: 'Each type with a schema or a door, by name.', ...json(schemasSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/schemas/watched': {
    get: {
      ...common,
      summary: 'Count what would be refused',
      description: 'Events whose door only watches, by version and place of the fault, most first; at most 200.',
      requestParams: { query: watchedQuerySchema },
      responses: { '200': { description: 'The counts.', ...json(watchedSchema) }, ...problemResponses(400, 401, 403) },
    },
  },
  '/api/schemas/{type}/door': {
    put: {
      ...common,
      summary: 'Decide how events of a type are checked when they come in',
      description:
        'Their properties are held against the schema of the subject that is named as they are, then against the constraints. In force everywhere within 30 s.',
      requestParams: { path },
      requestBody: json(doorSchema),
      responses: { '200': { description: 'Decided.', ...json(doorSchema) }, ...problemResponses(400, 401, 403, 404) },
    },
  },
};
