import { z } from 'zod';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';
import { readBody, readQuerySchema } from '../visitor/read-query.ts';
import { tierHeadersSchema } from '../visitor/tier-headers.ts';

const read = {
  summary: 'Recommend products as HTML',
  description:
    'The same products as a list of links, escaped, ready to stand in a page. Empty when there is nothing to show.',
  tags: ['Reads'],
  security: [{ writeKey: [] }, { secretKey: [] }] as Record<string, string[]>[],
  requestParams: {
    path: z.object({ slot: readQuerySchema.shape.slot.unwrap() }),
    query: readQuerySchema.omit({ slot: true }),
  },
  responses: {
    '200': {
      description: 'A fragment.',
      headers: tierHeadersSchema,
      content: { 'text/html': { schema: z.string() } },
    },
    ...problemResponses(400, 401, 403),
  },
} satisfies ZodOpenApiOperationObject;

export const fragmentPaths: ZodOpenApiPathsObject = {
  '/v/fragments/{slot}': {
    get: read,
    post: { ...read, requestParams: { path: read.requestParams.path }, requestBody: readBody },
  },
  '/v/slots.css': {
    get: {
      summary: 'The looks of slots',
      description: 'A style sheet for the layouts and banners; CSS variables change it, see docs/templates.md.',
      tags: ['Reads'],
      security: [],
      responses: { '200': { description: 'The style sheet.', content: { 'text/css': { schema: z.string() } } } },
    },
  },
};
