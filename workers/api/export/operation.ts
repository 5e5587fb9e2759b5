import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';

const exported = {
  tags: ['Privacy'],
  security: [{ secretKey: [] }],
  requestParams: {
    path: z.object({ id: z.string() }),
    query: z.object({ cursor: z.string().optional().meta({ description: 'From a line `continue`.' }) }),
  },
  responses: {
    '200': {
      description:
        'NDJSON, a line each with its `kind`: `profile` (with attributes and segments), `link`, `order`, `mention`, `webhook_failure`, `failed_event`, `event`; the last one is `end`, or `continue` with the cursor to ask with again.',
      content: { 'application/x-ndjson': { schema: z.string() } },
    },
    ...problemResponses(400, 401, 403),
  },
};

export const exportPaths: ZodOpenApiPathsObject = {
  '/api/users/{id}/export': {
    get: { ...exported, summary: 'Export a person', description: 'Everything held of him and his linked ledgers.' },
  },
  '/api/devices/{id}/export': {
    get: { ...exported, summary: 'Export a visitor by his anonymous id', description: 'This one ledger.' },
  },
};
