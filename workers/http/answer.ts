import type { z } from 'zod';

/** A value that is only read, at any depth. */
type ReadOnly<T> = T extends readonly (infer Element)[]
  ? readonly ReadOnly<Element>[]
  : T extends object
    ? { readonly [Key in keyof T]: ReadOnly<T[Key]> }
    : T;

/**
 * A JSON answer that its documented schema binds: the type checker holds what a handler answers against what `operation.ts` says.
 *
 * @example
 * return answer(acceptedSchema, { accepted: 1, rejected: [] }, { status: 202 });
 */
export function answer<Schema extends z.ZodType>(
  _schema: Schema,
  body: ReadOnly<z.input<Schema>>,
  init: { readonly status?: number; readonly headers?: HeadersInit } = {},
): Response {
  return Response.json(body, init);
}
