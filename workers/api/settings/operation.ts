import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { siteSettingsSchema } from '../../../core/sites/settings.ts';
import { problemResponses } from '../../http/problem-responses.ts';

const common = { tags: ['Site'], security: [{ secretKey: [] }] };
const settings = { content: { 'application/json': { schema: siteSettingsSchema } } };

export const sitePaths: ZodOpenApiPathsObject = {
  '/api/settings': {
    get: {
      ...common,
      summary: 'Read the site’s settings',
      responses: {
        '200': { description: 'All settings, defaults included.', ...settings },
        ...problemResponses(401, 403),
      },
    },
    put: {
      ...common,
      summary: 'Replace the site’s settings',
      description: 'What is left out falls to its default. In force everywhere within half a minute.',
      requestBody: settings,
      responses: {
        '200': { description: 'The settings as they hold now.', ...settings },
        ...problemResponses(400, 401, 403),
      },
    },
  },
};
