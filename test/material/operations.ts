import { z } from 'zod';

const operationSchema = z.object({
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()),
  parameters: z
    .array(z.object({ in: z.string(), name: z.string(), schema: z.object({ enum: z.array(z.string()).optional() }) }))
    .default([]),
});
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operationSchema)) });

/** An operation of the API, as its document has it. */
export interface Operation {
  readonly method: string;
  /** With its parameters by name. */
  readonly template: string;
  /** Values that parameters of the path may have; nothing where any will do. */
  readonly parameters: Readonly<Record<string, readonly string[] | undefined>>;
  readonly takesBody: boolean;
  /** Statuses that the document knows. */
  readonly documented: readonly string[];
}

/** All operations of an OpenAPI document. */
export function operationsOf(document: unknown): Operation[] {
  const { paths } = documentSchema.parse(document);
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { requestBody, responses, parameters }]) => ({
      method: method.toUpperCase(),
      template,
      parameters: Object.fromEntries(
        parameters.filter(({ in: place }) => place === 'path').map(({ name, schema }) => [name, schema.enum]),
      ),
      takesBody: requestBody !== undefined,
      documented: Object.keys(responses),
    })),
  );
}

/** The paths of an operation with its parameters filled in: one for each value that a parameter may have, or for each of `values`. */
export function pathsOf({ template, parameters }: Operation, values: readonly string[]): string[] {
  let filled = [template];
  for (const [name, may = values] of Object.entries(parameters))
    filled = filled.flatMap((path) => may.map((value) => path.replace(`{${name}}`, encodeURIComponent(value))));
  return filled;
}
