import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { attributeSchema } from '../../../core/attributes/definition.ts';
import { segmentSchema } from '../../../core/segments/definition.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

const common = { tags: ['Segments'], security: [{ secretKey: [] }] };
const named = { requestParams: { path: z.object({ name: z.string() }) } };

/** Paths of a kind of definition. */
function paths(kind: 'attributes' | 'segments', singular: string, definition: z.ZodType): ZodOpenApiPathsObject {
  const stored = z.object({
    name: z.string(),
    version: z.int().meta({ description: 'Grows with each change; another version counts from anew.' }),
    since: z.string().meta({ description: 'In force from then on, a minute after it was made.' }),
    definition,
  });
  return {
    [`/api/${kind}`]: {
      get: {
        ...common,
        summary: `List ${kind}`,
        responses: {
          '200': { description: 'All of the site.', ...json(z.object({ [kind]: z.array(stored) })) },
          ...problemResponses(401, 403),
        },
      },
    },
    [`/api/${kind}/{name}`]: {
      get: {
        ...common,
        ...named,
        summary: `Read ${singular}`,
        responses: { '200': { description: 'It.', ...json(stored) }, ...problemResponses(401, 403, 404) },
      },
      put: {
        ...common,
        ...named,
        summary: `Define ${singular}`,
        requestBody: json(definition),
        responses: {
          '200': { description: 'As it is stored.', ...json(stored) },
          ...problemResponses(400, 401, 403, 409),
        },
      },
      delete: {
        ...common,
        ...named,
        summary: `Delete ${singular}`,
        responses: { '204': { description: 'Deleted.' }, ...problemResponses(401, 403, 404) },
      },
    },
  };
}

export const segmentPaths: ZodOpenApiPathsObject = {
  ...paths('attributes', 'an attribute', attributeSchema),
  ...paths('segments', 'a segment', segmentSchema),
};
