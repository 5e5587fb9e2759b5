import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';
import { importQuerySchema } from './routes.ts';

export const importPaths: ZodOpenApiPathsObject = {
  '/api/profiles/import': {
    post: {
      tags: ['Users'],
      security: [{ secretKey: [] }],
      summary: 'Import traits of many people',
      description:
        'NDJSON rows `{ "userId" or "anonymousId", "traits": { … }, "time"?, "source"?, "purpose"? }`, or a CSV with a head, in which every other column is a trait. A file of any length; each row is taken or refused for itself.',
      requestParams: { query: importQuerySchema },
      requestBody: {
        content: { 'application/x-ndjson': { schema: z.string() }, 'text/csv': { schema: z.string() } },
      },
      responses: {
        '200': {
          description:
            'NDJSON: lines `{ "progress": { "accepted", "refused" } }`, then `{ "accepted", "refused": { "count", "lines": [{ "line", "reason" }] } }`.',
          content: { 'application/x-ndjson': { schema: z.string() } },
        },
        ...problemResponses(400, 401, 403, 415),
      },
    },
  },
};
