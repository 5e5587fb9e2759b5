import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';

/** What `POST /api/failed-events/recover` answers. */
export const recoveredSchema = z.object({
  recovered: z.int().meta({ description: 'Messages that the queue has again.' }),
  done: z.boolean().meta({ description: 'Whether none is left; else ask again.' }),
});

export const failedEventsPaths: ZodOpenApiPathsObject = {
  '/api/failed-events/recover': {
    post: {
      tags: ['Failed events'],
      security: [{ secretKey: [] }],
      summary: 'Bring dead letters back',
      description:
        'Hands messages that every delivery failed for, as when a store was away for too long, to the queue again. They count once, however often this is called.',
      responses: {
        '200': { description: 'Brought back.', content: { 'application/json': { schema: recoveredSchema } } },
        ...problemResponses(401, 403, 503),
      },
    },
  },
};
