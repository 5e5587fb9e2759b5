import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { servedItemSchema } from '../../../core/catalog/served-item.ts';
import { explanationSchema } from '../../../core/decide/explanation.ts';
import { MAX_DECISION_LENGTH } from '../../../core/decisions/decision-token.ts';
import { STRATEGIES } from '../../../core/decisions/strategy.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { readBody, readQuerySchema } from '../visitor/read-query.ts';
import { tierHeadersSchema } from '../visitor/tier-headers.ts';

/** What `GET /v/recommendations` answers. */
export const recommendationsSchema = z.object({
  slot: z.string(),
  strategy: z.enum(STRATEGIES),
  tier: tierHeadersSchema.shape['vitrine-tier'],
  reason: z.string(),
  decision: z.string().max(MAX_DECISION_LENGTH).optional().meta({
    description:
      'Send it along, as `decision`, with `recommendation_shown` and `recommendation_clicked`: it says what was decided, and for whom.',
  }),
  heading: z.string().optional(),
  layout: z.string().optional(),
  content: z
    .object({
      name: z.string(),
      title: z.string().optional(),
      text: z.string().optional(),
      image: z.string().optional(),
      url: z.string().optional(),
    })
    .optional()
    .meta({ description: 'A banner or text of the slot.' }),
  items: z.array(
    servedItemSchema.extend({
      score: z.number(),
      reason: z.object({ code: z.string(), item: z.string().optional(), text: z.string() }),
    }),
  ),
  explanation: explanationSchema.extend({ merchandising: z.int() }).optional().meta({
    description:
      'With `explain=1`. `merchandising`: the version of the slots and rules; of a draft the one that it would become.',
  }),
});

const read = {
  summary: 'Recommend products',
  description:
    'From the visitor’s live profile and the current model, each product with its reason. Always answers: what fails lowers the tier, which body and headers name.',
  tags: ['Reads'],
  security: [{ writeKey: [] }, { secretKey: [] }] as Record<string, string[]>[],
  requestParams: { query: readQuerySchema },
  responses: {
    '200': {
      description: 'Products, best first.',
      headers: tierHeadersSchema,
      content: { 'application/json': { schema: recommendationsSchema } },
    },
    ...problemResponses(400, 401, 403),
  },
} satisfies ZodOpenApiOperationObject;

export const recommendPaths: ZodOpenApiPathsObject = {
  '/v/recommendations': {
    get: read,
    post: { ...read, requestParams: {}, requestBody: readBody },
  },
};
