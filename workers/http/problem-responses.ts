import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';

/** The problem document of every error (RFC 9457), as `http/problem.ts` writes it. */
const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What was wrong, where, and what would be right.' }),
    code: z.string().meta({ description: 'Stable reason, e.g. "unknown_key".' }),
    requestId: z.string(),
  })
  .meta({ id: 'Problem' });

const DESCRIPTIONS: Record<number, string> = {
  400: 'The request cannot be read: `detail` says where.',
  401: 'The key is missing or unknown.',
  403: 'The key, or the page’s origin, may not do this.',
  404: 'There is no such thing.',
  409: 'The state does not allow this.',
  413: 'The body is too large.',
  415: 'The media type or encoding is not understood.',
  422: 'What was sent can be read, and is not right: `detail` says where.',
  426: 'It must be asked for as a WebSocket.',
  429: 'Too many: try again after `Retry-After` seconds.',
  503: 'Try again after `Retry-After` seconds.',
};

/** The error answers of an operation. */
export function problemResponses(...statuses: number[]) {
  // Whoever has a key may use it too often.
  const all = statuses.includes(401) ? [...new Set([...statuses, 429])].sort() : statuses;
  return Object.fromEntries(
    all.map((status) => [
      String(status) as `${1 | 2 | 3 | 4 | 5}${string}`,
      {
        description: DESCRIPTIONS[status] ?? 'An error.',
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ]),
  );
}

/** What every operation that takes a body may answer of it. */
const OF_BODIES = problemResponses(400, 413, 415);

/** Operations, of which those that take a body have the error answers of `read-body.ts` and `read-json.ts` as well. */
export function withBodyProblems(paths: ZodOpenApiPathsObject): ZodOpenApiPathsObject {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [
      path,
      Object.fromEntries(
        Object.entries(item).map(([method, operation]) =>
          operation && typeof operation === 'object' && 'requestBody' in operation
            ? [method, { ...operation, responses: { ...OF_BODIES, ...operation.responses } }]
            : [method, operation],
        ),
      ),
    ]),
  );
}
