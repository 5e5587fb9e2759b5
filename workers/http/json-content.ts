import type { z } from 'zod';

/** A JSON body as OpenAPI describes it. */
export function json(schema: z.ZodType) {
  return { content: { 'application/json': { schema } } };
}
