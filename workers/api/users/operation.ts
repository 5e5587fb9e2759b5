import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { profileSchema } from '../../edge/profile/operation.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { toldEventSchema } from './told-event.ts';

/** The ledger to take out of a person: a device, or another of his users. */
export const unlinkSchema = z.union([
  z.strictObject({ anonymousId: anonymousIdSchema }),
  z.strictObject({ userId: userIdSchema }),
]);

/** How much of a timeline is read. */
export const timelineQuerySchema = z.object({
  timeline: z.coerce.number().int().min(1).max(500).optional().meta({
    description: 'So many of the newest events are told as well, at least: whole hours are read.',
  }),
  before: z.coerce.number().int().min(0).optional().meta({
    description: 'Goes on where a timeline ended: its `before`.',
  }),
});

const timelineSchema = z.object({
  events: z.array(toldEventSchema),
  before: z.int().nullable().meta({ description: 'Ask with it for older ones; null where there are none.' }),
});

/** What `GET /api/users/:id` and `GET /api/devices/:id` answer. */
export const userSchema = profileSchema.omit({ anonymousId: true }).extend({
  id: z.string(),
  home: z
    .string()
    .nullable()
    .meta({ description: 'The user id under whose name the person is kept; null of a device that is nobody’s.' }),
  timeline: timelineSchema.optional(),
  links: z.object({
    users: z.array(z.string()).meta({ description: 'User ids that are this person.' }),
    devices: z.array(z.string()).meta({ description: 'Anonymous ids of his devices, newest link first.' }),
  }),
});

/** What `POST /api/users/:id/unlink` answers. */
export const unlinkedSchema = z.object({ unlinked: unlinkSchema, counts: z.record(z.string(), z.int()) });

const common = {
  tags: ['Users'],
  security: [{ secretKey: [] }],
  requestParams: { path: z.object({ id: z.string() }) },
};

export const userPaths: ZodOpenApiPathsObject = {
  '/api/users/{id}': {
    get: {
      ...common,
      requestParams: { ...common.requestParams, query: timelineQuerySchema },
      summary: 'Read a user',
      description:
        'The live profile of the person that he is, over all linked devices, the links themselves, and with `timeline` his newest events.',
      responses: {
        '200': { description: 'The person.', content: { 'application/json': { schema: userSchema } } },
        ...problemResponses(400, 401, 403, 404, 503),
      },
    },
  },
  '/api/devices/{id}': {
    get: {
      ...common,
      requestParams: { ...common.requestParams, query: timelineQuerySchema },
      summary: 'Read a visitor by his anonymous id',
      description: 'The live profile of the person to whom the device belongs, or of the device, as `/api/users/{id}`.',
      responses: {
        '200': { description: 'The person.', content: { 'application/json': { schema: userSchema } } },
        ...problemResponses(400, 401, 403, 404, 503),
      },
    },
  },
  '/api/users/{id}/unlink': {
    post: {
      ...common,
      summary: 'Take a device or a user out of a person',
      description: 'The person is then what he would have been without it, exactly.',
      requestBody: { content: { 'application/json': { schema: unlinkSchema } } },
      responses: {
        '200': {
          description: 'Taken out.',
          content: {
            'application/json': { schema: unlinkedSchema },
          },
        },
        ...problemResponses(400, 401, 403, 404),
      },
    },
  },
};
