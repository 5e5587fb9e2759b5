import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { feedOutcomeSchema, feedSchema, feedStateSchema } from '../../../core/catalog/feed.ts';
import { problemResponses } from '../../http/problem-responses.ts';
import { uploadQuerySchema } from '../catalog/operation.ts';

export const feedsSchema = z.object({ feeds: z.array(feedStateSchema) });
export const runQuerySchema = uploadQuerySchema.pick({ accept: true });

const requestParams = { path: z.object({ name: z.string() }) };
const shared = { tags: ['Catalogue'], security: [{ secretKey: [] }] as Record<string, string[]>[] };

export const feedPaths: ZodOpenApiPathsObject = {
  '/api/feeds': {
    get: {
      ...shared,
      summary: 'List product feeds',
      responses: {
        '200': {
          description: 'With what came of the last run.',
          content: { 'application/json': { schema: feedsSchema } },
        },
        ...problemResponses(401, 403),
      },
    },
  },
  '/api/feeds/{name}': {
    put: {
      ...shared,
      summary: 'Define a product feed',
      description:
        'Vitrine fetches it by the clock and brings the catalogue to what it says: a whole file, whose source is the feed’s name. It is due at once.',
      requestParams,
      requestBody: { content: { 'application/json': { schema: feedSchema } } },
      responses: {
        '200': { description: 'Defined.', content: { 'application/json': { schema: feedStateSchema } } },
        ...problemResponses(400, 401, 403, 409, 413, 415),
      },
    },
    delete: {
      ...shared,
      summary: 'Fetch a feed no more',
      description: 'Its products stay.',
      requestParams,
      responses: { '204': { description: 'Gone.' }, ...problemResponses(401, 403, 404) },
    },
  },
  '/api/feeds/{name}/run': {
    post: {
      ...shared,
      summary: 'Fetch a feed now',
      description: 'Also where its server says that it has not changed.',
      requestParams: { ...requestParams, query: runQuerySchema },
      responses: {
        '200': {
          description: 'What came of it; before that, where it is long, lines `{ "progress": { … } }`.',
          content: { 'application/x-ndjson': { schema: feedOutcomeSchema } },
        },
        ...problemResponses(400, 401, 403, 404),
      },
    },
  },
};
