import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { LEVELS } from '../../core/schemas/compatibility.ts';
import { CONTENT_MODELS } from '../../core/schemas/json/comparison.ts';
import { SCHEMA_TYPES } from '../../core/schemas/registered-schema.ts';
import { REGISTRY_MODES } from '../../core/schemas/registry-mode.ts';
import { json } from '../http/json-content.ts';
import { problemResponses } from '../http/problem-responses.ts';

export const subjectSchema = z
  .string()
  .regex(/^[\p{L}\p{N}_.:/+@ -]{1,255}$/u, 'a subject has 1–255 letters, digits, or characters of "_.:/+@ -"')
  .meta({ description: 'For events: their type, e.g. `order_completed`.' });
const referenceSchema = z.object({
  name: z.string().min(1).max(512),
  subject: subjectSchema,
  version: z.int().min(1),
});
/** A schema as clients send it. */
export const sentSchemaSchema = z.object({
  schema: z.string().meta({ description: 'The schema, as text.' }),
  schemaType: z
    .string()
    .max(32)
    .optional()
    .meta({ description: '`JSON` or `AVRO`, which is meant where nothing is said.' }),
  references: z.array(referenceSchema).max(32).optional(),
});

const flag = z
  .enum(['true', 'false', ''])
  .default('false')
  .transform((value) => value !== 'false')
  .meta({ override: { type: 'boolean', default: false } });
export const normalizeQuerySchema = z.object({ normalize: flag, deleted: flag });
export const deletedQuerySchema = z.object({ deleted: flag, deletedOnly: flag, permanent: flag });
export const verboseQuerySchema = z.object({ verbose: flag });
export const defaultQuerySchema = z.object({ defaultToGlobal: flag });
export const subjectsQuerySchema = z.object({
  subjectPrefix: z
    .string()
    .max(255)
    .default('')
    .transform((text) => text.replace(/^:\*:/, ''))
    .meta({ override: { type: 'string' } }),
  deleted: flag,
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().default(-1),
});

export const subjectsSchema = z.array(z.string());
export const numbersSchema = z.array(z.int());
export const idSchema = z.object({
  id: z.int().meta({ description: 'Equal schemas have one, whatever their subjects.' }),
});
export const versionSchema = z.object({
  subject: z.string(),
  version: z.int(),
  id: z.int(),
  schemaType: z.enum(SCHEMA_TYPES),
  references: z.array(referenceSchema),
  schema: z.string(),
});
export const byIdSchema = z.object({
  schema: z.string(),
  schemaType: z.string(),
  references: z.array(referenceSchema),
});
export const subjectVersionsSchema = z.array(z.object({ subject: z.string(), version: z.int() }));
export const compatibleSchema = z.object({
  is_compatible: z.boolean(),
  messages: z.array(z.string()).optional().meta({ description: 'Where, which rule, and what would mend it.' }),
});

const contentModel = z.enum(CONTENT_MODELS).meta({
  description:
    '`CLOSED_PRODUCERS`: nobody writes what his schema does not name, and nobody minds what his does not; so an optional property comes and goes freely. `AS_WRITTEN`: Confluent’s rules.',
});
const level = z.enum(LEVELS);
export const configSchema = z.object({ compatibilityLevel: level, contentModel });
export const configChangeSchema = z.object({ compatibility: level.optional(), contentModel: contentModel.optional() });
export const sentConfigSchema = z.object({
  compatibility: z
    .string()
    .max(64)
    .optional()
    .meta({ override: { type: 'string', enum: [...LEVELS] } }),
  contentModel: z
    .string()
    .max(64)
    .optional()
    .meta({ override: { type: 'string', enum: [...CONTENT_MODELS] } }),
});
export const modeSchema = z.object({ mode: z.enum(REGISTRY_MODES) });
export const sentModeSchema = z.object({
  mode: z
    .string()
    .max(64)
    .meta({ override: { type: 'string', enum: [...REGISTRY_MODES] } }),
});

const subject = z.object({ subject: subjectSchema });
const version = z.object({
  subject: subjectSchema,
  version: z.string().meta({ description: 'A number, or `latest`.' }),
});
const id = z.object({ id: z.string().meta({ description: 'What encoded data bear.' }) });

/** An operation of the registry: as Confluent's, with the codes that its clients know in `error_code`. */
function operation(
  summary: string,
  responds: z.ZodType,
  given: {
    readonly path?: z.ZodObject;
    readonly query?: z.ZodObject;
    readonly body?: z.ZodType;
    readonly errors?: readonly number[];
  } = {},
): ZodOpenApiOperationObject {
  const { path, query, body, errors = [] } = given;
  return {
    tags: ['Schema registry'],
    security: [{ secretKey: [] }],
    summary,
    ...((path || query) && { requestParams: { ...(path && { path }), ...(query && { query }) } }),
    ...(body && { requestBody: json(body) }),
    responses: { '200': { description: 'Done.', ...json(responds) }, ...problemResponses(400, 401, 403, ...errors) },
  };
}

const schemaDocument = z.unknown().meta({ description: 'The schema itself.' });
const TAKES = { query: normalizeQuerySchema, body: sentSchemaSchema } as const;

function settingPaths(what: string, gives: z.ZodType, changes: z.ZodType, body: z.ZodType, path?: z.ZodObject) {
  return {
    get: operation(`Read ${what}`, gives, { ...(path && { path }), query: defaultQuerySchema, errors: [404] }),
    put: operation(`Set ${what}`, changes, { ...(path && { path }), body, errors: [422] }),
    delete: operation(`Take ${what} back`, gives, { ...(path && { path }), errors: [404] }),
  };
}

export const registryPaths: ZodOpenApiPathsObject = {
  '/registry/subjects': { get: operation('List subjects', subjectsSchema, { query: subjectsQuerySchema }) },
  '/registry/subjects/{subject}': {
    post: operation('Find the version that a schema is', versionSchema, {
      path: subject,
      ...TAKES,
      errors: [404, 422],
    }),
    delete: operation('Delete a subject', numbersSchema, {
      path: subject,
      query: deletedQuerySchema,
      errors: [404, 422],
    }),
  },
  '/registry/subjects/{subject}/versions': {
    get: operation('List versions', numbersSchema, { path: subject, query: deletedQuerySchema, errors: [404] }),
    post: operation('Register a schema', idSchema, { path: subject, ...TAKES, errors: [409, 422, 503] }),
  },
  '/registry/subjects/{subject}/versions/{version}': {
    get: operation('Read a version', versionSchema, { path: version, query: deletedQuerySchema, errors: [404, 422] }),
    delete: operation('Delete a version', z.int(), { path: version, query: deletedQuerySchema, errors: [404, 422] }),
  },
  '/registry/subjects/{subject}/versions/{version}/schema': {
    get: operation('Read the schema of a version', schemaDocument, {
      path: version,
      query: deletedQuerySchema,
      errors: [404, 422],
    }),
  },
  '/registry/subjects/{subject}/versions/{version}/referencedby': {
    get: operation('List the ids of schemas that refer to a version', numbersSchema, {
      path: version,
      errors: [404, 422],
    }),
  },
  '/registry/schemas/types': { get: operation('List the languages of schemas', subjectsSchema) },
  '/registry/schemas/ids/{id}': {
    get: operation('Read a schema by its id', byIdSchema, { path: id, errors: [404, 422] }),
  },
  '/registry/schemas/ids/{id}/schema': {
    get: operation('Read the text of a schema by its id', schemaDocument, { path: id, errors: [404, 422] }),
  },
  '/registry/schemas/ids/{id}/subjects': {
    get: operation('List the subjects of a schema', subjectsSchema, {
      path: id,
      query: deletedQuerySchema,
      errors: [404, 422],
    }),
  },
  '/registry/schemas/ids/{id}/versions': {
    get: operation('List the versions that are a schema', subjectVersionsSchema, {
      path: id,
      query: deletedQuerySchema,
      errors: [404, 422],
    }),
  },
  '/registry/compatibility/subjects/{subject}/versions': {
    post: operation('Ask whether a schema could be the next version', compatibleSchema, {
      path: subject,
      query: verboseQuerySchema,
      body: sentSchemaSchema,
      errors: [422],
    }),
  },
  '/registry/compatibility/subjects/{subject}/versions/{version}': {
    post: operation('Ask whether a schema goes together with a version', compatibleSchema, {
      path: version,
      query: verboseQuerySchema,
      body: sentSchemaSchema,
      errors: [404, 422],
    }),
  },
  '/registry/config': settingPaths(
    'the compatibility level of all subjects',
    configSchema,
    configChangeSchema,
    sentConfigSchema,
  ),
  '/registry/config/{subject}': settingPaths(
    'the compatibility level of a subject',
    configSchema,
    configChangeSchema,
    sentConfigSchema,
    subject,
  ),
  '/registry/mode': settingPaths('the mode of all subjects', modeSchema, modeSchema, sentModeSchema),
  '/registry/mode/{subject}': settingPaths('the mode of a subject', modeSchema, modeSchema, sentModeSchema, subject),
};
