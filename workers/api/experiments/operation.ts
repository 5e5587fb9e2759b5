import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { EXPERIMENT_STATES, experimentSchema } from '../../../core/experiments/definition.ts';
import { resultsSchema } from '../../../core/experiments/results.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** A word on why something is done. */
export const stepSchema = z.strictObject({ note: z.string().max(1_000).optional() });

/** An experiment as it is answered; times in ms since 1970. */
export const experimentViewSchema = z.object({
  number: z.int().meta({ description: 'Names it in decisions, and in the lake.' }),
  state: z.enum(EXPERIMENT_STATES),
  version: z.int(),
  createdAt: z.int(),
  startedAt: z.int().nullable(),
  endedAt: z.int().nullable(),
  definition: experimentSchema,
});
export const experimentsSchema = z.object({ experiments: z.array(experimentViewSchema) });
export const experimentHistorySchema = z.object({
  history: z.array(
    z.object({
      version: z.int(),
      at: z.int(),
      action: z.string(),
      note: z.string().nullable(),
      definition: experimentSchema,
    }),
  ),
});

const estimate = resultsSchema.shape.variants.element.shape.against.unwrap().shape.difference.shape.orders;

export const experimentResultsSchema = resultsSchema.extend({
  experiment: experimentViewSchema,
  looks: z
    .array(
      z.object({
        at: z.int(),
        visitors: z.int(),
        differences: z.array(estimate.nullable()).meta({ description: 'Of the goal, by variant; null for the first.' }),
      }),
    )
    .meta({ description: 'What was known before, at most one an hour.' }),
});

export const resultsQuerySchema = z.object({ format: z.enum(['json', 'csv']).default('json') });

const common = { tags: ['Experiments'], security: [{ secretKey: [] }] };
const params = { path: z.object({ id: z.string().meta({ description: 'Its name or number.' }) }) };

const step = (summary: string) => ({
  post: {
    ...common,
    summary,
    requestParams: params,
    requestBody: json(stepSchema),
    responses: {
      '200': { description: 'As it is now.', ...json(experimentViewSchema) },
      ...problemResponses(400, 401, 403, 404, 409),
    },
  },
});

export const experimentPaths: ZodOpenApiPathsObject = {
  '/api/experiments': {
    get: {
      ...common,
      summary: 'List experiments',
      responses: {
        '200': { description: 'All of the site, the newest first.', ...json(experimentsSchema) },
        ...problemResponses(401, 403),
      },
    },
    post: {
      ...common,
      summary: 'Draft an experiment',
      description: 'It decides nothing until it is started. See docs/experiments.md.',
      requestBody: json(experimentSchema),
      responses: {
        '201': { description: 'The draft.', ...json(experimentViewSchema) },
        ...problemResponses(400, 401, 403, 409),
      },
    },
  },
  '/api/experiments/{id}': {
    get: {
      ...common,
      summary: 'An experiment',
      requestParams: params,
      responses: {
        '200': { description: 'As it is now.', ...json(experimentViewSchema) },
        ...problemResponses(401, 403, 404),
      },
    },
    put: {
      ...common,
      summary: 'Change a draft',
      description: 'What runs stays as it is: it would not be one experiment any more.',
      requestParams: params,
      requestBody: json(experimentSchema),
      responses: {
        '200': { description: 'The draft.', ...json(experimentViewSchema) },
        ...problemResponses(400, 401, 403, 404, 409),
      },
    },
    delete: {
      ...common,
      summary: 'Throw a draft away',
      requestParams: params,
      responses: { '204': { description: 'It is gone.' }, ...problemResponses(401, 403, 404, 409) },
    },
  },
  '/api/experiments/{id}/start': step('Start a draft'),
  '/api/experiments/{id}/pause': step('Pause: everybody sees what he would without it'),
  '/api/experiments/{id}/resume': step('Go on, with the same visitors in the same variants'),
  '/api/experiments/{id}/end': step('End it for good'),
  '/api/experiments/{id}/history': {
    get: {
      ...common,
      summary: 'What was done to an experiment',
      requestParams: params,
      responses: {
        '200': { description: 'The newest first.', ...json(experimentHistorySchema) },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/experiments/{id}/results': {
    get: {
      ...common,
      summary: 'What an experiment has found by now',
      description: 'The intervals hold however often one looks. `format=csv`: a line a variant and metric.',
      requestParams: { ...params, query: resultsQuerySchema },
      responses: {
        '200': {
          description: 'Results.',
          content: { ...json(experimentResultsSchema).content, 'text/csv': { schema: z.string() } },
        },
        ...problemResponses(400, 401, 403, 404),
      },
    },
  },
};
