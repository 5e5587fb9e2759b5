import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';
import { newWebhookSchema } from './routes.ts';

const common = { tags: ['Webhooks'], security: [{ secretKey: [] }] };
const byId = { requestParams: { path: z.object({ id: z.string() }) } };
const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });
const webhook = z.object({ id: z.string(), url: z.string(), types: z.array(z.string()), purpose: z.string() });

export const webhookPaths: ZodOpenApiPathsObject = {
  '/api/webhooks': {
    get: {
      ...common,
      summary: 'List webhooks',
      responses: {
        '200': {
          description: 'All of the site, without their secrets.',
          ...json(z.object({ webhooks: z.array(webhook.extend({ disabled: z.string().nullable() })) })),
        },
        ...problemResponses(401, 403),
      },
    },
    post: {
      ...common,
      summary: 'Add a webhook',
      requestBody: json(newWebhookSchema),
      responses: {
        '201': {
          description: 'With the secret, which is shown once.',
          ...json(webhook.extend({ secret: z.string() })),
        },
        ...problemResponses(400, 401, 403, 409),
      },
    },
  },
  '/api/webhooks/{id}': {
    delete: {
      ...common,
      ...byId,
      summary: 'Delete a webhook',
      responses: { '204': { description: 'Deleted.' }, ...problemResponses(401, 403, 404) },
    },
  },
  '/api/webhooks/{id}/test': {
    post: {
      ...common,
      ...byId,
      summary: 'Send a test message now',
      responses: {
        '200': { description: 'What came of it.', ...json(z.object({ kind: z.string(), why: z.string().optional() })) },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/webhooks/{id}/enable': {
    post: {
      ...common,
      ...byId,
      summary: 'Turn a webhook on again',
      responses: { '204': { description: 'On.' }, ...problemResponses(401, 403, 404) },
    },
  },
  '/api/webhooks/failures': {
    get: {
      ...common,
      summary: 'List what could not be delivered',
      responses: {
        '200': {
          description: 'The newest hundred.',
          ...json(
            z.object({ failures: z.array(z.object({ webhook: z.string(), at: z.int(), message: z.looseObject({}) })) }),
          ),
        },
        ...problemResponses(401, 403),
      },
    },
  },
};
