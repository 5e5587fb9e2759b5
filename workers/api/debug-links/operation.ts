import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { MAX_DEBUG_MS } from '../../../core/debug/debug-token.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

export const newDebugLinkSchema = z.object({
  minutes: z
    .int()
    .min(1)
    .max(MAX_DEBUG_MS / MINUTE_MS)
    .default(60),
  page: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({ description: 'The page to debug; default: the site’s first origin.' }),
});

export const debugLinkSchema = z.object({
  url: z.url().nullable().meta({ description: 'The page with the parameter; null where the site has no origin.' }),
  parameter: z.string().meta({ description: 'To be put behind the address of any page of the site.' }),
  until: z.iso.datetime(),
});

export const debugLinkPaths: ZodOpenApiPathsObject = {
  '/api/debug-links': {
    post: {
      tags: ['Beacon'],
      security: [{ secretKey: [] }],
      summary: 'Make a link that opens the page’s debugger',
      requestBody: json(newDebugLinkSchema),
      responses: {
        '201': { description: 'The link.', ...json(debugLinkSchema) },
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
