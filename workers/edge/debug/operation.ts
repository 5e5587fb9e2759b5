import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';

export const debuggerPaths: ZodOpenApiPathsObject = {
  '/v/beacon-debug.js': {
    get: {
      summary: 'The page’s debugger',
      description: 'The panel that a page opens whose address bears `vitrine_debug`, see docs/beacon.md.',
      tags: ['Beacon'],
      security: [{ writeKey: [] }],
      requestParams: { query: z.object({ token: z.string() }) },
      responses: {
        '200': { description: 'The script.', content: { 'text/javascript': { schema: z.string() } } },
        ...problemResponses(401, 403),
      },
    },
  },
};
