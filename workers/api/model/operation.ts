import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';

/** A model in a few figures. */
export const modelSchema = z.object({
  version: z.int(),
  publishedAt: z.iso.datetime(),
  sessions: z.int(),
  items: z.int(),
  blocks: z.int(),
  bytes: z.int(),
});

/** What `GET /api/model` answers: the model that serves and those before it. */
export const currentModelSchema = modelSchema.extend({
  held: z.boolean().meta({ description: 'Whether a rollback holds it, so that the cron publishes nothing.' }),
  previous: z.array(modelSchema),
});

const model = { 'application/json': { schema: modelSchema } };
const common = { tags: ['Model'], security: [{ secretKey: [] }] };

export const modelPaths: ZodOpenApiPathsObject = {
  '/api/model': {
    get: {
      ...common,
      summary: 'The model that serves',
      responses: {
        '200': {
          description: 'The current model and those before it.',
          content: {
            'application/json': {
              schema: currentModelSchema,
            },
          },
        },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/model/publish': {
    post: {
      ...common,
      summary: 'Publish a model',
      description:
        'Makes what the session index holds current, if the check lets it. The cron does the same each minute when something has changed. Ends a rollback.',
      requestParams: {
        query: z.object({
          accept: z
            .literal('counts')
            .optional()
            .meta({ description: 'Lets the numbers of sessions and items halve or double against the last model.' }),
        }),
      },
      responses: { '200': { description: 'Current.', content: model }, ...problemResponses(401, 403, 409) },
    },
  },
  '/api/model/rollback': {
    post: {
      ...common,
      summary: 'Go back to the model before',
      description: 'And stay there until somebody publishes.',
      responses: { '200': { description: 'Current.', content: model }, ...problemResponses(401, 403, 409) },
    },
  },
};
