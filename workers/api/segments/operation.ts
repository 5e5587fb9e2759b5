import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { attributeSchema } from '../../../core/attributes/definition.ts';
import { segmentSchema } from '../../../core/segments/definition.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

const common = { tags: ['Segments'], security: [{ secretKey: [] }] };
const named = { requestParams: { path: z.object({ name: z.string() }) } };

/** What is defined in the same way. */
export type DefinitionKind = 'attributes' | 'segments';

const SCHEMAS = { attributes: attributeSchema, segments: segmentSchema } satisfies Record<DefinitionKind, z.ZodType>;

/** How far an attribute has the events from before it was defined. */
export const historySchema = z
  .object({
    state: z.enum(['waiting', 'filling', 'whole']).meta({
      description: 'Whether the events from before `since` are counted: not yet, by some profiles, by all of them.',
    }),
    done: z.number().min(0).max(1).meta({ description: 'The share of the profiles that has been looked at.' }),
  })
  .meta({ description: 'Filled in from the lake some minutes after `since`.' });

/** What is answered about definitions of a kind: one as it is stored, and all of a site. */
export function definitionAnswers(kind: DefinitionKind) {
  const definition: z.ZodType = SCHEMAS[kind];
  const stored = z.object({
    name: z.string(),
    version: z.int().meta({ description: 'Grows with each change; another version counts from anew.' }),
    since: z.string().meta({ description: 'In force from then on, a minute after it was made.' }),
    definition,
    ...(kind === 'attributes' && { history: historySchema }),
  });
  return { stored, all: z.object({ [kind]: z.array(stored) }) };
}

/** Paths of a kind of definition. */
function paths(kind: DefinitionKind, singular: string): ZodOpenApiPathsObject {
  const { stored, all } = definitionAnswers(kind);
  return {
    [`/api/${kind}`]: {
      get: {
        ...common,
        summary: `List ${kind}`,
        responses: {
          '200': { description: 'All of the site.', ...json(all) },
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
        requestBody: json(SCHEMAS[kind]),
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
  ...paths('attributes', 'an attribute'),
  ...paths('segments', 'a segment'),
};
