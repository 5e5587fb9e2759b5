import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../http/problem-responses.ts';

export const metricsPaths: ZodOpenApiPathsObject = {
  '/metrics': {
    get: {
      summary: 'Metrics of the site, for Prometheus',
      description:
        'The text format, version 0.0.4. The secret key is the bearer token: `authorization: { credentials: … }` in a scrape configuration. Names, help and labels: `core/metrics/catalogue.ts`.',
      tags: ['Operation'],
      security: [{ secretKey: [] }],
      responses: {
        '200': { description: 'A page of metrics.', content: { 'text/plain': { schema: z.string() } } },
        ...problemResponses(401, 403),
      },
    },
  },
};
