import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { toldEventSchema } from '../users/told-event.ts';

/** What `GET /api/events/:id` answers. */
export const tracedSchema = z.object({
  id: z.string(),
  trace: z.string().nullable().meta({
    description:
      'The request that brought it: it stands in the header `vitrine-trace` of its answer, in the line that was logged of it, and begins `message_id` in the lake.',
  }),
  event: toldEventSchema.optional().meta({ description: 'As the lake has it, where its profile has counted it.' }),
  object: z.string().optional().meta({ description: 'The object of the lake that holds it.' }),
  failed: z
    .array(z.object({ reason: z.string(), path: z.string(), failedAt: z.iso.datetime() }))
    .meta({ description: 'Where it was refused, or could not be counted: `GET /api/failed-events?id=…` says more.' }),
});

export const eventPaths: ZodOpenApiPathsObject = {
  '/api/events/{id}': {
    get: {
      tags: ['Operation'],
      security: [{ secretKey: [] }],
      summary: 'Find an event of the last day by its id',
      description:
        'What became of it, and the trace that leads from the request over the queue and its profile to the lake. Needs the scope `people:read`.',
      requestParams: { path: z.object({ id: z.string() }) },
      responses: { '200': { description: 'The event.', ...json(tracedSchema) }, ...problemResponses(401, 403, 404) },
    },
  },
};
