import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { SEGMENT_CALLS } from '../../../core/collect/segment.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** What stands after `/v1/`. */
const SEGMENT_PATHS = ['batch', 'b', 'import', ...Object.keys(SEGMENT_CALLS)] as const;

/** What Segment's libraries expect. */
export const segmentAnswerSchema = z.object({ success: z.literal(true) });

export const segmentSettingsSchema = z.object({
  integrations: z.object({
    'Segment.io': z.object({
      apiKey: z.string(),
      apiHost: z.string(),
      protocol: z.enum(['http', 'https']),
      deliveryStrategy: z.object({
        strategy: z.literal('batching'),
        config: z.object({ size: z.int(), timeout: z.int() }),
      }),
    }),
  }),
});

const messageSchema = z.looseObject({
  messageId: z.string().optional().meta({ description: 'The event’s id: it counts once.' }),
  anonymousId: z.string().nullish(),
  userId: z.string().nullish(),
  timestamp: z.string().optional(),
  context: z.looseObject({}).optional(),
});

const common = { tags: ['Events'], security: [{ writeKey: [] }, { secretKey: [] }] as Record<string, string[]>[] };

const BATCH_EXAMPLE = {
  batch: [
    {
      type: 'track',
      event: 'Product Added',
      messageId: 'm-1',
      userId: 'u-1',
      timestamp: '2026-05-01T12:00:00.000Z',
      properties: { product_id: 'p-1', price: 19.9 },
    },
  ],
};

export const segmentApiPaths: ZodOpenApiPathsObject = {
  '/v1/{call}': {
    post: {
      ...common,
      summary: 'Take what Segment’s libraries send',
      description: `\`call\`: batch, b or import with \`{ batch, sentAt }\`, or one message: ${Object.keys(SEGMENT_CALLS).join(', ')}. Names of events in snake case. See docs/segment-sdks.md.`,
      requestParams: { path: z.object({ call: z.enum(SEGMENT_PATHS) }) },
      requestBody: {
        content: {
          'application/json': {
            schema: z.union([
              z.looseObject({ batch: z.array(messageSchema), sentAt: z.string().optional() }),
              messageSchema,
            ]),
            example: BATCH_EXAMPLE,
          },
        },
      },
      responses: {
        '200': { description: 'Taken; what is bad is kept as failed events.', ...json(segmentAnswerSchema) },
        ...problemResponses(400, 401, 403, 404, 503),
      },
    },
  },
  '/v1/projects/{key}/settings': {
    get: {
      ...common,
      summary: 'Settings for Segment’s browser library',
      requestParams: { path: z.object({ key: z.string() }) },
      responses: {
        '200': { description: 'Where it sends.', ...json(segmentSettingsSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
};
