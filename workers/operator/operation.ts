import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { MAX_NAME } from '../../stores/sites/plan-change.ts';
import { SITE_ID } from '../../stores/sites/site-statements.ts';
import { madeKeySchema } from '../api/keys/operation.ts';
import { siteSchema } from '../api/site/operation.ts';
import { json } from '../http/json-content.ts';
import { problemResponses } from '../http/problem-responses.ts';

export const newSiteSchema = z.strictObject({
  id: z
    .string()
    .regex(SITE_ID, 'must be 1–32 small letters, digits or "-", starting with a letter or digit')
    .meta({ description: 'Never changes; begins every key of every store.' }),
  jurisdiction: z
    .enum(['eu', 'fedramp'])
    .optional()
    .meta({ description: 'The site’s objects never leave it; it then stands before the id, as in "eu--shop".' }),
  name: z.string().trim().min(1).max(MAX_NAME).optional(),
  origins: z.array(z.string().min(1).max(255)).max(100).default([]),
});
export const madeSiteSchema = siteSchema.extend({ keys: z.array(madeKeySchema) });
export const sitesSchema = z.object({ sites: z.array(siteSchema) });

const common = { tags: ['Operator'], security: [{ operatorKey: [] }] };

export const operatorPaths: ZodOpenApiPathsObject = {
  '/operator/sites': {
    get: {
      ...common,
      summary: 'List all sites',
      responses: { '200': { description: 'The sites.', ...json(sitesSchema) }, ...problemResponses(401) },
    },
    post: {
      ...common,
      summary: 'Make a site',
      description:
        'With a key of each kind, which are shown this once. All else is the site’s own: `/api/site`, `/api/keys`, `/api/settings`.',
      requestBody: json(newSiteSchema),
      responses: {
        '201': { description: 'The site and its keys.', ...json(madeSiteSchema) },
        ...problemResponses(400, 401, 409),
      },
    },
  },
};
