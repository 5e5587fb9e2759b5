import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { STRATEGIES } from '../../../core/decisions/strategy.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { readBody, readQuerySchema } from '../visitor/read-query.ts';
import { tierHeadersSchema } from '../visitor/tier-headers.ts';

const affinities = z.array(z.object({ key: z.string(), score: z.number() }));

/** A person's live profile, whole; times are ms since 1970. */
export const profileSchema = z.object({
  anonymousId: z.string().nullable(),
  firstSeenAt: z.int().nullable(),
  lastSeenAt: z.int().nullable(),
  userId: z.string().nullable(),
  sessions: z.int(),
  counts: z.record(z.string(), z.int()),
  recentItems: z.array(z.object({ id: z.string(), at: z.int(), type: z.enum(['view', 'cart', 'order']) })),
  affinities: z.object({ category: affinities, brand: affinities }),
  cart: z.array(z.object({ id: z.string(), quantity: z.int() })),
  orders: z.array(
    z.object({
      id: z.string(),
      at: z.int(),
      total: z.number().nullable(),
      currency: z.string().nullable(),
      items: z.array(z.string()),
      attributed: z
        .object({
          slot: z.string(),
          item: z.string(),
          strategy: z.enum(STRATEGIES),
          at: z.int(),
          how: z.enum(['direct', 'assisted']),
        })
        .nullish()
        .meta({
          description:
            'The last click on a recommendation in the seven days before: on a product of the order, else on any.',
        }),
    }),
  ),
  traits: z.record(
    z.string(),
    z.object({
      value: z.union([z.string(), z.number(), z.boolean()]),
      at: z.int(),
      source: z.string(),
      purpose: z.string(),
    }),
  ),
  consent: z.record(z.string(), z.boolean()),
  attributes: z.record(
    z.string(),
    z.object({
      value: z.union([z.string(), z.number(), z.boolean()]),
      exact: z.boolean().meta({ description: 'Whether it is exact; else a cap was reached.' }),
    }),
  ),
  segments: z.record(
    z.string(),
    z.object({
      since: z.int(),
      condition: z.string(),
      because: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
    }),
  ),
});

/** What `GET /v/profile` answers: the fields that the site exposes. */
export const ownProfileSchema = profileSchema.partial();

const read = {
  summary: 'Read the live profile',
  description:
    'That of the person to whom the visitor belongs, with all his linked devices, as far as the site’s settings expose it; with the secret key that of any user, whole.',
  tags: ['Reads'],
  security: [{ writeKey: [] }, { secretKey: [] }] as Record<string, string[]>[],
  requestParams: { query: readQuerySchema.pick({ anonymousId: true, userId: true }) },
  responses: {
    '200': {
      description: 'The profile.',
      headers: tierHeadersSchema,
      content: { 'application/json': { schema: ownProfileSchema } },
    },
    ...problemResponses(400, 401, 403, 404, 503),
  },
} satisfies ZodOpenApiOperationObject;

export const profilePaths: ZodOpenApiPathsObject = {
  '/v/profile': {
    get: read,
    post: { ...read, requestParams: {}, requestBody: readBody },
  },
};
