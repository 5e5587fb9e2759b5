import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { DEFAULT_PURPOSE, importedTraitsSchema } from '../../../core/events/imported-traits.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** The query of an import: what holds for rows that do not say otherwise. */
export const importQuerySchema = z.object({
  source: importedTraitsSchema.shape.source.default('import'),
  purpose: importedTraitsSchema.shape.purpose.unwrap().default(DEFAULT_PURPOSE),
  time: z.iso.datetime({ offset: true }).optional().meta({
    description: 'When the traits were known; default: now. With it, the same file again changes nothing.',
  }),
});

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
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
