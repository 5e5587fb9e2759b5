import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { purposeSchema } from '../../../core/consent/purposes.ts';
import { WEBHOOK_FORMATS, WEBHOOK_TYPES } from '../../../core/webhooks/message.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** What makes a webhook. */
export const newWebhookSchema = z.strictObject({
  url: z.string().max(2_048).meta({ description: 'https, a public name or address.' }),
  types: z.array(z.enum(WEBHOOK_TYPES)).min(1).default(['segment.entered', 'segment.left']),
  purpose: purposeSchema.default('marketing').meta({
    description: 'What it is for: nobody is told of a person who refused it.',
  }),
  format: z.enum(WEBHOOK_FORMATS).default('json').meta({
    description: '`slack`: a text, as an incoming webhook of Slack takes it, or Mattermost, or Google Chat.',
  }),
});

const common = { tags: ['Webhooks'], security: [{ secretKey: [] }] };
const byId = { requestParams: { path: z.object({ id: z.string() }) } };
const webhook = z.object({
  id: z.string(),
  url: z.string(),
  types: z.array(z.string()),
  purpose: z.string(),
  format: z.string(),
});

/** What `GET /api/webhooks` answers: no secrets. */
export const webhooksSchema = z.object({ webhooks: z.array(webhook.extend({ disabled: z.string().nullable() })) });
/** What `POST /api/webhooks` answers. */
export const madeSchema = webhook.extend({ secret: z.string() });
/** What came of a test message. */
export const deliverySchema = z.object({ kind: z.string(), why: z.string().optional() });
/** What `GET /api/webhooks/failures` answers. */
export const failuresSchema = z.object({
  failures: z.array(z.object({ webhook: z.string(), at: z.int(), message: z.looseObject({}) })),
});

export const webhookPaths: ZodOpenApiPathsObject = {
  '/api/webhooks': {
    get: {
      ...common,
      summary: 'List webhooks',
      responses: {
        '200': {
          description: 'All of the site, without their secrets.',
          ...json(webhooksSchema),
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
          ...json(madeSchema),
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
        '200': { description: 'What came of it.', ...json(deliverySchema) },
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
          ...json(failuresSchema),
        },
        ...problemResponses(401, 403),
      },
    },
  },
};
