import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../http/problem-responses.ts';

export const pixelPaths: ZodOpenApiPathsObject = {
  '/v/pixel.gif': {
    get: {
      summary: 'Track without script',
      description:
        'On the host of a shop that Vitrine stands in front of: an event of a page whose visitor runs no script. Vitrine writes these pictures into the pages itself. Only a page of that host may show it.',
      tags: ['Events'],
      security: [],
      requestParams: {
        query: z.object({
          type: z.string().meta({ description: 'The event’s type, e.g. "product_viewed".' }),
          properties: z.string().optional().meta({ description: 'Its properties, as JSON.' }),
        }),
      },
      responses: {
        '200': {
          description:
            'A picture of one transparent dot. Whether the event was taken stands in the logs, as of any other.',
          content: { 'image/gif': { schema: z.string().meta({ format: 'binary' }) } },
        },
        ...problemResponses(403, 404, 503),
      },
    },
  },
};
