import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { reportSchema } from '../../../core/reconciliation/report.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** What to make again from the lake: the rollup of an hour and type, or a profile. */
export const repairSchema = z.union([
  z.strictObject({ hour: z.iso.datetime().meta({ description: 'Start of the hour.' }), type: z.string().min(1) }),
  z.strictObject({ anonymousId: anonymousIdSchema }),
  z.strictObject({ userId: userIdSchema }),
]);

/** What `POST /api/reconciliation/repair` answers. */
export const repairedSchema = z.union([
  z.object({ repaired: repairSchema, before: z.int(), after: z.int() }),
  z.object({ repaired: repairSchema, events: z.int() }),
]);
/** What `POST /api/reconciliation` answers when its time was too short. */
export const unfinishedSchema = z.object({ done: z.literal(false) });

const common = { tags: ['Reconciliation'], security: [{ secretKey: [] }] };

export const reconciliationPaths: ZodOpenApiPathsObject = {
  '/api/reconciliation': {
    get: {
      ...common,
      summary: 'Read the newest report',
      responses: { '200': { description: 'The report.', ...json(reportSchema) }, ...problemResponses(401, 403, 404) },
    },
    post: {
      ...common,
      summary: 'Reconcile now',
      description: 'Compacts what has arrived, then holds rollups and profiles against the lake, event by event.',
      responses: {
        '200': { description: 'The report.', ...json(reportSchema) },
        '202': { description: 'Not finished in time; ask again.', ...json(unfinishedSchema) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/reconciliation/repair': {
    post: {
      ...common,
      summary: 'Make a rollup or a profile again from the lake',
      description:
        'Compacts what has arrived first. An hour that is not over, a profile that changes meanwhile, and one that has counted more than the lake holds are left as they are (409); `accept=fewer` makes the last one again all the same.',
      requestParams: { query: z.object({ accept: z.literal('fewer').optional() }) },
      requestBody: json(repairSchema),
      responses: {
        '200': {
          description: 'Made again.',
          ...json(repairedSchema),
        },
        ...problemResponses(400, 401, 403, 409),
      },
    },
  },
};
