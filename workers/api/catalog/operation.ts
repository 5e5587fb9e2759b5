import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { itemSchema } from '../../../core/catalog/item.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** What `POST /api/catalog` answers. */
export const uploadedSchema = z.object({
  accepted: z.int(),
  rejected: z.array(z.object({ line: z.int(), message: z.string() })),
});

export const catalogPaths: ZodOpenApiPathsObject = {
  '/api/catalog': {
    post: {
      summary: 'Upload products',
      description:
        'NDJSON, a product a line, at most 8 MB a request. A product with a known id is replaced; a bad line is refused for itself.',
      tags: ['Catalogue'],
      security: [{ secretKey: [] }],
      requestBody: { content: { 'application/x-ndjson': { schema: itemSchema.meta({ id: 'Item' }) } } },
      responses: {
        '200': { description: 'Read.', content: { 'application/json': { schema: uploadedSchema } } },
        ...problemResponses(401, 403),
      },
    },
  },
};
