import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { wireBatchSchema, wireEventSchema } from '../../../core/events/wire-event.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** What `POST /v/events` answers. */
export const acceptedSchema = z.object({
  accepted: z.int().meta({ description: 'Events that the queue has.' }),
  rejected: z.array(
    z.object({
      index: z.int().meta({ description: 'Where the event stands in the request.' }),
      id: z.string().nullable(),
      code: z.string(),
      message: z.string(),
    }),
  ),
  warnings: z
    .array(z.object({ index: z.int(), id: z.string(), message: z.string() }))
    .optional()
    .meta({
      description:
        'If there are any: fields that were left out, or read as something else than was sent, at most 100; their events are accepted. See the table of fields in docs/fields.md.',
    }),
  visitorToken: z.string().optional().meta({
    description:
      'Lets the page’s visitor read what is known of him; answered, and set as a cookie, when his anonymous id, a UUID, is new. Keep it where cookies cannot be.',
  }),
});

const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  time: z.string().optional(),
  userid: z.string().optional(),
  anonymousid: z.string().optional(),
  data: z.looseObject({}).optional(),
});

const BATCH_EXAMPLE = {
  events: [
    {
      id: '0190f0a0-0000-7000-8000-000000000001',
      type: 'product_added',
      occurredAt: '2026-05-01T12:00:00.000Z',
      anonymousId: '0190f0a0-0000-7000-8000-00000000000a',
      properties: { product_id: 'p-1', price: 19.9, currency: 'EUR', quantity: 1 },
    },
  ],
};
const CLOUDEVENT_EXAMPLE = {
  specversion: '1.0',
  id: '0190f0a0-0000-7000-8000-000000000001',
  source: '/shop/checkout',
  type: 'com.example.order_completed',
  time: '2026-05-01T12:00:00Z',
  userid: 'u-1',
  data: { order_id: 'o-1', total: 60, currency: 'EUR', products: [{ product_id: 'p-1', quantity: 2 }] },
};

export const ingestPaths: ZodOpenApiPathsObject = {
  '/v/events': {
    post: {
      summary: 'Take events in',
      description:
        'Each event is checked for itself; bad ones are kept as failed events and do not spoil their neighbours. 202 comes once the queue has the good ones. Send an event again with the same id as often as you like: it counts once. At most 500 events and 512 KB a request, 32 KB an event; gzip is understood.',
      tags: ['Events'],
      security: [{ writeKey: [] }, { secretKey: [] }],
      requestBody: {
        content: {
          'application/json': {
            schema: wireBatchSchema.extend({ events: z.array(wireEventSchema).min(1).max(500) }),
            example: BATCH_EXAMPLE,
          },
          'text/plain': {
            schema: z.string().meta({ description: 'The same JSON, as `navigator.sendBeacon` sends it.' }),
          },
          'application/x-protobuf': {
            schema: z.string().meta({ description: 'A `vitrine.v1.EventBatch`, see docs/formats.md.' }),
          },
          'avro/binary': {
            schema: z
              .string()
              .meta({ description: 'Confluent’s wire format: a record of the registry, or a list of them.' }),
          },
          'avro/json': {
            schema: z.string().meta({
              description: 'Avro’s JSON encoding of the same, by the schema that `avro/json; schema=12` names.',
            }),
          },
          'application/cloudevents+json': { schema: cloudEventSchema, example: CLOUDEVENT_EXAMPLE },
          'application/cloudevents-batch+json': { schema: z.array(cloudEventSchema) },
        },
      },
      responses: {
        '202': { description: 'Taken.', content: { 'application/json': { schema: acceptedSchema } } },
        ...problemResponses(400, 401, 403, 503),
      },
    },
  },
};
