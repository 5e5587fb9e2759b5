import { operationsOf, pathsOf } from './operations.ts';

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
  return operationsOf(document)
    .filter(({ takesBody }) => takesBody)
    .flatMap((operation) => {
      const { method, template, documented } = operation;
      return pathsOf(operation, ['x']).map((path) => ({ method, path, template, documented }));
    });
}
