import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { exposureSchema } from '../../../core/recommend/exposure.ts';
import { fitOutcomeSchema } from '../../../jobs/fit/fit-state.ts';
import { problemResponses } from '../../http/problem-responses.ts';

/** A model in a few figures. */
export const modelSchema = z.object({
  version: z.int(),
  publishedAt: z.iso.datetime(),
  sessions: z.int(),
  items: z.int(),
  blocks: z.int(),
  bytes: z.int(),
});

/** How widely slots show the catalogue, and whether that has become narrow. */
export const exposureAnswerSchema = z.object({
  narrowing: z.boolean().meta({
    description:
      'Whether, on each of the last three days, less than half as many effective products were shown as usual.',
  }),
  days: z
    .array(exposureSchema.extend({ date: z.iso.date() }))
    .meta({ description: 'Newest first, in UTC; at most 60.' }),
});

/** What `GET /api/model/rates` takes. */
export const ratesQuerySchema = z.object({
  slot: z.string().max(64).optional().meta({ description: 'Default: all slots.' }),
  limit: z.coerce.number().int().min(1).max(1_000).default(50).meta({
    description: 'Products of each slot: those that were looked at most.',
  }),
});

/** How products did where slots showed them. */
export const ratesAnswerSchema = z.object({
  date: z.iso.date().nullable().meta({ description: 'The last day that is in it, UTC; null before the first.' }),
  slots: z.array(
    z.object({
      slot: z.string(),
      places: z.array(z.number()).meta({
        description: 'How likely each place is looked at, against the first.',
      }),
      clicksPerLook: z.number(),
      ordersPerLook: z.number(),
      items: z.array(
        z.object({
          item: z.string(),
          seen: z.number().meta({ description: 'Impressions; those of thirty days ago count half, and so on.' }),
          looks: z.number().meta({ description: 'Impressions, each as much as its place is looked at.' }),
          clicked: z.number(),
          ordered: z.number().meta({ description: 'Purchases after a click on it in this slot, on the same day.' }),
          click: z.number().meta({
            description: 'Clicks against an average product in the same places, drawn towards 1 as far as chance goes.',
          }),
          order: z.number().meta({ description: 'The same of purchases.' }),
        }),
      ),
    }),
  ),
});

/** What orders the candidates. */
const rankerSchema = z.object({
  origin: z.enum(['own', 'prior']).meta({ description: 'Fitted on the site’s own log, or the one that is shipped.' }),
  fittedOn: z.string().meta({ description: 'What it was fitted on.' }),
  fittedAt: z.iso.datetime().optional(),
  questions: z.int().optional(),
  usable: z.int().optional(),
  checked: fitOutcomeSchema.shape.checked,
});

/** What came of a fit. */
export const fitSchema = fitOutcomeSchema
  .omit({ endedAt: true })
  .partial()
  .extend({
    state: z.enum(['running', 'ended']),
    endedAt: z.iso.datetime().optional(),
  })
  .meta({ description: 'Only where `why` is `better` the ranker is a new one.' });

/** What `GET /api/model` answers: the model that serves and those before it. */
export const currentModelSchema = modelSchema.extend({
  held: z.boolean().meta({ description: 'Whether a rollback holds it, so that the cron publishes nothing.' }),
  previous: z.array(modelSchema),
  ranker: rankerSchema,
  fit: fitSchema.optional().meta({ description: 'The last fit of a ranker.' }),
});

const model = { 'application/json': { schema: modelSchema } };
const common = { tags: ['Model'], security: [{ secretKey: [] }] };

export const modelPaths: ZodOpenApiPathsObject = {
  '/api/model/exposure': {
    get: {
      ...common,
      summary: 'How widely slots have shown the catalogue, by day',
      responses: {
        '200': {
          description: 'The days that are counted.',
          content: { 'application/json': { schema: exposureAnswerSchema } },
        },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/model/rates': {
    get: {
      ...common,
      summary: 'How products did where slots showed them',
      description:
        'Rates of clicks and of purchases after them, corrected for the places and smoothed; a ranker that was fitted since goes by them.',
      requestParams: { query: ratesQuerySchema },
      responses: {
        '200': { description: 'By slot.', content: { 'application/json': { schema: ratesAnswerSchema } } },
        ...problemResponses(400, 401, 403),
      },
    },
  },
  '/api/model': {
    get: {
      ...common,
      summary: 'The model that serves',
      responses: {
        '200': {
          description: 'The current model and those before it.',
          content: {
            'application/json': {
              schema: currentModelSchema,
            },
          },
        },
        ...problemResponses(401, 403, 404),
      },
    },
  },
  '/api/model/publish': {
    post: {
      ...common,
      summary: 'Publish a model',
      description:
        'Makes what the session index holds current, if the check lets it. The cron does the same each minute when something has changed. Ends a rollback.',
      requestParams: {
        query: z.object({
          accept: z
            .literal('counts')
            .optional()
            .meta({ description: 'Lets the numbers of sessions and items halve or double against the last model.' }),
        }),
      },
      responses: { '200': { description: 'Current.', content: model }, ...problemResponses(401, 403, 409) },
    },
  },
  '/api/model/fit': {
    post: {
      ...common,
      summary: 'Fit the ranker now',
      description:
        'On the newest sessions of the site’s own log. The cron does the same each day. What is worse than the present one on the newest questions does not serve.',
      responses: {
        '200': { description: 'It has ended.', content: { 'application/json': { schema: fitSchema } } },
        '202': { description: 'The cron goes on with it.', content: { 'application/json': { schema: fitSchema } } },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/model/rollback': {
    post: {
      ...common,
      summary: 'Go back to the model before',
      description: 'And stay there until somebody publishes.',
      responses: { '200': { description: 'Current.', content: model }, ...problemResponses(401, 403, 409) },
    },
  },
};
