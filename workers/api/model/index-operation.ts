import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { problemResponses } from '../../http/problem-responses.ts';

/** Shards of an index at most: each is an object of up to 120,000 sessions. */
const MAX_SHARDS = 64;

/** What `POST /api/model/index/rebuild` takes. */
export const rebuildSchema = z.strictObject({
  shards: z.int().min(1).max(MAX_SHARDS).optional().meta({
    description:
      'Into how many shards the index is cut from then on: each holds up to 120,000 sessions. As now, if left out.',
  }),
  accept: z.literal('counts').optional().meta({
    description: 'Lets the sessions be half or twice as many as those that serve.',
  }),
});

/** What `/api/model/index` answers. */
export const indexSchema = z.object({
  generation: z.int().meta({ description: 'Grows with each index that was built.' }),
  shards: z.int(),
  build: z
    .object({
      stage: z.enum(['settle', 'compact', 'lake']).meta({
        description:
          '`settle`: every change reaches the new one too, for a minute. `compact`: the lake takes in what has arrived. `lake`: its hours are read.',
      }),
      shards: z.int(),
      begunAt: z.iso.datetime(),
      readTo: z.iso.datetime().optional().meta({ description: 'Until which hour of the lake it was read.' }),
      hoursLeft: z.int().meta({ description: 'Hours of the lake that are left to read.' }),
      sessions: z.int().meta({ description: 'Sessions that were made this far.' }),
    })
    .optional()
    .meta({ description: 'The index that is being built beside the one that serves.' }),
  lastBuild: z
    .object({
      result: z.enum(['swapped', 'refused', 'abandoned']).meta({
        description: '`refused`: it has less than half or more than twice the sessions of the one that serves.',
      }),
      endedAt: z.iso.datetime(),
      shards: z.int(),
      sessions: z.int().optional(),
      sessionsBefore: z.int().optional(),
      blocks: z.int().optional().meta({ description: 'Blocks of the model that was published from it.' }),
      sameBlocks: z.int().optional().meta({
        description: 'Those of them that the model before had, to the byte; told where the shards are as many.',
      }),
    })
    .optional(),
});

const common = { tags: ['Model'], security: [{ secretKey: [] }] };
const index = { 'application/json': { schema: indexSchema } };

export const indexPaths: ZodOpenApiPathsObject = {
  '/api/model/index': {
    get: {
      ...common,
      summary: 'The session index that models are made of',
      responses: {
        '200': { description: 'What serves, and what is being built.', content: index },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/model/index/rebuild': {
    post: {
      ...common,
      summary: 'Build the index again from the lake',
      description:
        'Beside the one that serves, which it replaces when it is whole. The cron goes on with it each minute, also after a run that died; so does `resume`. A build with other wishes takes the place of one that is under way.',
      requestBody: { content: { 'application/json': { schema: rebuildSchema } } },
      responses: { '202': { description: 'It is under way.', content: index }, ...problemResponses(400, 401, 403) },
    },
    delete: {
      ...common,
      summary: 'Give up the build that is under way',
      responses: { '200': { description: 'Given up.', content: index }, ...problemResponses(401, 403, 409) },
    },
  },
  '/api/model/index/rebuild/resume': {
    post: {
      ...common,
      summary: 'Go on with the build that is under way, for some seconds',
      responses: {
        '200': { description: 'Nothing is being built any more: see `lastBuild`.', content: index },
        '202': { description: 'It goes on: ask again, or leave it to the cron.', content: index },
        ...problemResponses(401, 403, 503),
      },
    },
  },
};
