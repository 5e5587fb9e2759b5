import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { profileSchema } from '../../edge/profile/operation.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** The ledger to take out of a person: a device, or another of his users. */
export const unlinkSchema = z.union([
  z.strictObject({ anonymousId: anonymousIdSchema }),
  z.strictObject({ userId: userIdSchema }),
]);

/** What `GET /api/users/:id` answers. */
export const userSchema = profileSchema.omit({ anonymousId: true }).extend({
  id: z.string(),
  home: z.string().meta({ description: 'The user id under whose name the person is kept.' }),
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
      summary: 'Read a user',
      description: 'The live profile of the person that he is, over all linked devices, and the links themselves.',
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
