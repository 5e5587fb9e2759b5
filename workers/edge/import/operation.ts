import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';

/** The query of an import of events. */
export const importQuerySchema = z.object({
  type: z.string().max(64).optional().meta({ description: 'The type of rows that name none, e.g. `order_completed`.' }),
  from: z.coerce.number().int().positive().default(1).meta({
    description:
      'The first line that is taken; those before it are passed over. Go on with the last progress’s `line` + 1.',
  }),
});

/** The answer's lines: refused lines as they are found, progress, the report. */
const linesDescription = [
  'NDJSON, while it goes on: `{ "refused": { "line", "code", "reason" } }` for each refused line,',
  '`{ "progress": { "line", "accepted", "history", "warnings", "refused" } }` once all rows up to `line` are taken, and at the end',
  '`{ "accepted", "history", "warnings", "refused": { "count", "lines" } }`.',
].join(' ');

const NDJSON_EXAMPLE =
  '{"type":"order_completed","occurredAt":"2024-05-01T12:00:00Z","userId":"u-1","properties":{"order_id":"o-1","total":60,"currency":"EUR"}}\n';
const CSV_EXAMPLE =
  'type,occurredAt,userId,order_id,total,currency,product_id,quantity\norder_completed,2024-05-01T12:00:00Z,u-1,o-1,60,EUR,p-1,2\n';

export const eventImportPaths: ZodOpenApiPathsObject = {
  '/v/import': {
    post: {
      tags: ['Events'],
      operationId: 'importEvents',
      security: [{ secretKey: [] }],
      summary: 'Import events of any age from a file',
      description:
        'NDJSON, an event a line, or a CSV with a head, in which columns other than `id`, `type`, `occurredAt`, `anonymousId`, `userId` and `context.…` are properties; gzip is understood. A row without an id gets one from what it says. Events older than the dedup horizon are history: they go to lake, rollups, orders and model, and to no profile. See docs/import.md.',
      requestParams: { query: importQuerySchema },
      requestBody: {
        content: {
          'application/x-ndjson': { schema: z.string(), example: NDJSON_EXAMPLE },
          'text/csv': { schema: z.string(), example: CSV_EXAMPLE },
        },
      },
      responses: {
        '200': { description: linesDescription, content: { 'application/x-ndjson': { schema: z.string() } } },
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
