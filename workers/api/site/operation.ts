import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { MAX_NAME } from '../../../stores/sites/plan-change.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

export const siteSchema = z.object({
  id: z.string(),
  name: z.string(),
  origins: z.array(z.string()).meta({ description: 'Whose pages may call with the write key.' }),
});
export const siteChangeSchema = z.strictObject({
  name: z.string().trim().min(1).max(MAX_NAME).optional(),
  origins: z
    .array(z.string().min(1).max(255))
    .max(100)
    .optional()
    .meta({ description: 'All origins there are to be, e.g. `https://shop.example`.' }),
});

const common = { tags: ['Site'], security: [{ secretKey: [] }] };

export const ownSitePaths: ZodOpenApiPathsObject = {
  '/api/site': {
    get: {
      ...common,
      summary: 'Read the site’s name and origins',
      responses: { '200': { description: 'The site.', ...json(siteSchema) }, ...problemResponses(401, 403) },
    },
    patch: {
      ...common,
      summary: 'Change the site’s name or origins',
      description: 'What is left out stays. In force everywhere within half a minute.',
      requestBody: json(siteChangeSchema),
      responses: {
        '200': { description: 'The site as it is now.', ...json(siteSchema) },
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
