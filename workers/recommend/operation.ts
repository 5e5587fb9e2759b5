import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { itemSchema } from '../catalog/item.ts';
import { problemResponses } from '../docs/problem-responses.ts';
import { readQuerySchema, STRATEGIES } from './query.ts';

/** Headers of every read. */
export const tierHeadersSchema = z.object({
  'vitrine-tier': z.enum(['live', 'last_known', 'segment', 'baseline']),
  'vitrine-reason': z
    .string()
    .meta({ description: 'Why this tier served, e.g. "live_profile" or "profile_deadline".' }),
  'server-timing': z.string(),
});

/** What `GET /v/recommendations` answers. */
export const recommendationsSchema = z.object({
  slot: z.string(),
  strategy: z.enum(STRATEGIES),
  tier: tierHeadersSchema.shape['vitrine-tier'],
  reason: z.string(),
  items: z.array(
    itemSchema.extend({
      score: z.number(),
      reason: z.object({ code: z.string(), item: z.string().optional(), text: z.string() }),
    }),
  ),
});

export const recommendPaths: ZodOpenApiPathsObject = {
  '/v/recommendations': {
    get: {
      summary: 'Recommend products',
      description:
        'From the visitor’s live profile and the current model, each product with its reason. Always answers: what fails lowers the tier, which body and headers name.',
      tags: ['Reads'],
      security: [{ writeKey: [] }, { secretKey: [] }],
      requestParams: { query: readQuerySchema },
      responses: {
        '200': {
          description: 'Products, best first.',
          headers: tierHeadersSchema,
          content: { 'application/json': { schema: recommendationsSchema } },
        },
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
