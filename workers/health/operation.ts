import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';

export const aliveSchema = z.object({ status: z.literal('pass') });
export const readySchema = z.object({
  status: z.enum(['pass', 'fail']),
  checks: z.record(
    z.string(),
    z.object({
      status: z.enum(['pass', 'fail']),
      milliseconds: z.number().meta({ description: 'How long it took to answer, or until nobody waited any more.' }),
      output: z.string().optional().meta({ description: 'Why it does not answer.' }),
    }),
  ),
});

const health = (schema: z.ZodType) => ({ content: { 'application/health+json': { schema } } });
const common = { tags: ['Operation'] };

export const healthPaths: ZodOpenApiPathsObject = {
  '/healthz': {
    get: {
      ...common,
      summary: 'Whether the Worker answers at all',
      responses: { '200': { description: 'It does.', ...health(aliveSchema) } },
    },
  },
  '/readyz': {
    get: {
      ...common,
      summary: 'Whether what it leans on answers',
      description:
        'D1, both R2 buckets, and an object of each class, each within two seconds; asked anew every five. Queues cannot be asked without sending.',
      responses: {
        '200': { description: 'All of it does.', ...health(readySchema) },
        '503': { description: 'Something does not.', ...health(readySchema) },
      },
    },
  },
};
