import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';

const script = { 'text/javascript': { schema: z.string() } };

export const beaconPaths: ZodOpenApiPathsObject = {
  '/v/beacon.js': {
    get: {
      summary: 'The beacon',
      description:
        'The current script, cached for five minutes. The header `Vitrine-Beacon` names the address that holds for good and its hash for Subresource Integrity.',
      tags: ['Beacon'],
      security: [],
      responses: { '200': { description: 'The script.', content: script } },
    },
  },
  '/v/beacon.{hash}.js': {
    get: {
      summary: 'The beacon, for good',
      description: 'A script that never changes. An older hash leads to the current script.',
      tags: ['Beacon'],
      security: [],
      requestParams: { path: z.object({ hash: z.string() }) },
      responses: {
        '200': { description: 'The script.', content: script },
        '302': { description: 'There is a newer script.' },
      },
    },
  },
  '/v/beacon-page.{hash}.js': {
    get: {
      summary: 'The beacon’s second file',
      description:
        'Fills slots and reads the page’s markup. The script loads it by itself; an older hash leads to the current one.',
      tags: ['Beacon'],
      security: [],
      requestParams: { path: z.object({ hash: z.string() }) },
      responses: {
        '200': { description: 'The script.', content: script },
        '302': { description: 'There is a newer script.' },
      },
    },
  },
};
