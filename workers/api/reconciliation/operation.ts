import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { reportSchema } from '../../../core/reconciliation/report.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { repairSchema } from './routes.ts';

const common = { tags: ['Reconciliation'], security: [{ secretKey: [] }] };
const json = (schema: z.ZodType) => ({ content: { 'application/json': { schema } } });

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
        '202': { description: 'Not finished in time; ask again.', ...json(z.object({ done: z.literal(false) })) },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/reconciliation/repair': {
    post: {
      ...common,
      summary: 'Make a rollup or a profile again from the lake',
      requestBody: json(repairSchema),
      responses: {
        '200': {
          description: 'Made again.',
          ...json(
            z.union([
              z.object({ repaired: repairSchema, before: z.int(), after: z.int() }),
              z.object({ repaired: repairSchema, events: z.int() }),
            ]),
          ),
        },
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
