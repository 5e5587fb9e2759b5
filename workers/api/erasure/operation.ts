import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { removedSchema } from '../../../stores/erasure/progress.ts';
import { receiptSchema } from '../../../stores/erasure/receipt.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** A receipt to check; with an id also whether it is about him. */
export const checkSchema = z.strictObject({
  receipt: z.string().min(1),
  userId: userIdSchema.optional(),
  anonymousId: anonymousIdSchema.optional(),
});

const common = { tags: ['Privacy'], security: [{ secretKey: [] }] };
const byId = { requestParams: { path: z.object({ id: z.string() }) } };

/** What a `DELETE` answers. */
export const startedSchema = z.object({
  id: z.string().meta({ description: 'The erasure; `GET /api/erasures/{id}` says how it stands.' }),
  state: z.enum(['running', 'done']),
  receipt: z.string().nullable().meta({ description: 'A JWT (ES256), once it is done.' }),
});
/** What `GET /api/erasures/:id` answers. */
export const erasureSchema = startedSchema.extend({ removed: removedSchema.partial() });
/** What `POST /api/erasures/verify` answers. */
export const checkedSchema = z.union([
  z.object({
    valid: z.literal(true),
    receipt: receiptSchema,
    about: z.boolean().optional().meta({ description: 'Whether it is about the id of the request.' }),
  }),
  z.object({ valid: z.literal(false), why: z.string() }),
]);
const erase = {
  ...common,
  ...byId,
  responses: {
    '200': { description: 'Erased.', ...json(startedSchema) },
    '202': { description: 'Begun; the rest follows within minutes.', ...json(startedSchema) },
    ...problemResponses(400, 401, 403),
  },
};

export const erasurePaths: ZodOpenApiPathsObject = {
  '/api/users/{id}': {
    delete: {
      ...erase,
      summary: 'Erase a person',
      description:
        'His profile and those of all linked ledgers, his rows, failed events and history, what is still queued; see docs/privacy.md.',
    },
  },
  '/api/devices/{id}': {
    delete: { ...erase, summary: 'Erase a visitor by his anonymous id', description: 'This one ledger.' },
  },
  '/api/erasures/{id}': {
    get: {
      ...common,
      ...byId,
      summary: 'How an erasure stands',
      responses: {
        '200': { description: 'The erasure.', ...json(erasureSchema) },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/erasures/verify': {
    post: {
      ...common,
      summary: 'Check a receipt',
      requestBody: json(checkSchema),
      responses: {
        '200': {
          description: 'What it says, or why it is none.',
          ...json(checkedSchema),
        },
        ...problemResponses(400, 401, 403),
      },
    },
  },
  '/.well-known/jwks.json': {
    get: {
      tags: ['Privacy'],
      summary: 'Public keys of receipts (RFC 7517)',
      responses: { '200': { description: 'The keys.', ...json(z.object({ keys: z.array(z.looseObject({})) })) } },
    },
  },
};
