import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { keyScopeSchema, SCOPES } from '../../../core/sites/scopes.ts';
import { MAX_NAME } from '../../../stores/sites/plan-change.ts';
import { KEY_KINDS } from '../../../stores/sites/site-statements.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

const kind = z.enum(KEY_KINDS).meta({
  description:
    '`write` stands in the shop’s pages; `secret` is for its servers; `identity` signs who a visitor is, see docs/identity.md.',
});
const scopes = z.array(keyScopeSchema).max(keyScopeSchema.options.length);

export const keySchema = z.object({
  id: z
    .string()
    .meta({ description: 'The first 8 digits of its SHA-256; of an identity key the `kid` of its proofs.' }),
  kind,
  name: z.string(),
  scopes: scopes.meta({ description: 'What it may do; none: whatever its kind may.' }),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable().meta({ description: 'To the hour; of identity keys it is not known.' }),
  leaked: z
    .object({ at: z.iso.datetime(), by: z.string() })
    .nullable()
    .meta({ description: 'Since when a secret key is known to stand in an address (`url`) or a page (`page`).' }),
});
export const keysSchema = z.object({ keys: z.array(keySchema) });
export const newKeySchema = z
  .strictObject({
    kind,
    name: z.string().trim().max(MAX_NAME).default(''),
    scopes: scopes.default([]).meta({
      description: `What it may do; none: whatever its kind may. ${Object.entries(SCOPES)
        .map(([scope, what]) => `\`${scope}\`: ${what}`)
        .join('; ')}. With \`:read\` behind it: only what changes nothing.`,
    }),
  })
  .refine(({ kind: of, scopes: some }) => of !== 'identity' || some.length === 0, {
    path: ['scopes'],
    message: 'an identity key has no scopes: it signs, and calls nothing',
  });
export const madeKeySchema = keySchema.extend({
  key: z.string().meta({ description: 'The key itself: this is the only time that it is shown.' }),
});

const common = { tags: ['Site'], security: [{ secretKey: [] }] };

export const keyPaths: ZodOpenApiPathsObject = {
  '/api/keys': {
    get: {
      ...common,
      summary: 'List the site’s keys',
      responses: { '200': { description: 'All that work.', ...json(keysSchema) }, ...problemResponses(401, 403) },
    },
    post: {
      ...common,
      summary: 'Make a key',
      description: 'Those there are go on working: give the new one to all who need it, then end the old one.',
      requestBody: json(newKeySchema),
      responses: {
        '201': { description: 'The key.', ...json(madeKeySchema) },
        ...problemResponses(400, 401, 403, 409),
      },
    },
  },
  '/api/keys/{id}': {
    delete: {
      ...common,
      summary: 'End a key',
      description: 'Half a minute later no place takes it any more. The last of its kind stays.',
      requestParams: { path: z.object({ id: z.string() }) },
      responses: { '204': { description: 'It has ended.' }, ...problemResponses(401, 403, 404, 409) },
    },
  },
};
