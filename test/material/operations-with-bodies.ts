import { z } from 'zod';

const operationSchema = z.object({
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
  parameters: z
    .array(z.object({ in: z.string(), name: z.string(), schema: z.object({ enum: z.array(z.string()).optional() }) }))
    .default([]),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });

/** An operation of the API that takes a body, and the statuses that its documentation knows. */
export interface OperationWithBody {
  readonly method: string;
  /** With its parameters filled in: one operation for each value that a parameter may have, else `x`. */
  readonly path: string;
  /** As the document has it, with its parameters by name. */
  readonly template: string;
  readonly documented: readonly string[];
}

/** The operations of an OpenAPI document that take a body. */
export function operationsWithBodies(document: unknown): OperationWithBody[] {
  const { paths } = documentSchema.parse(document);
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody, responses, parameters }]) => {
      if (requestBody === undefined) return [];
      let filled = [path];
      for (const { in: place, name, schema } of parameters) {
        if (place === 'path')
          filled = filled.flatMap((one) => (schema.enum ?? ['x']).map((value) => one.replace(`{${name}}`, value)));
      }
      const documented = Object.keys(responses);
      return filled.map((one) => ({ method: method.toUpperCase(), path: one, template: path, documented }));
    }),
  );
}
