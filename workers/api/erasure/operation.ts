import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { removedSchema } from '../../../stores/erasure/progress.ts';
import { receiptSchema } from '../../../stores/erasure/receipt.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { checkSchema } from './routes.ts';

const common = { tags: ['Privacy'], security: [{ secretKey: [] }] };
const byId = { requestParams: { path: z.object({ id: z.string() }) } };
const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

/** What a `DELETE` answers. */
export const startedSchema = z.object({
  id: z.string().meta({ description: 'The erasure; `GET /api/erasures/{id}` says how it stands.' }),
  state: z.enum(['running', 'done']),
  receipt: z.string().nullable().meta({ description: 'A JWT (ES256), once it is done.' }),
});
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
        '200': { description: 'The erasure.', ...json(startedSchema.extend({ removed: removedSchema.partial() })) },
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
          ...json(
            z.union([
              z.object({
                valid: z.literal(true),
                receipt: receiptSchema,
                about: z.boolean().optional().meta({ description: 'Whether it is about the id of the request.' }),
              }),
              z.object({ valid: z.literal(false), why: z.string() }),
            ]),
          ),
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
