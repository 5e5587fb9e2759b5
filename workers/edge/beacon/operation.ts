import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';

const script = { 'text/javascript': { schema: z.string() } };

/** A file under an address that holds for good. */
const forGood = (summary: string, description: string) => ({
  get: {
    summary,
    description: `${description} An older hash leads to the current one.`,
    tags: ['Beacon'],
    security: [],
    requestParams: { path: z.object({ hash: z.string() }) },
    responses: {
      '200': { description: 'The script.', content: script },
      '302': { description: 'There is a newer script.' },
    },
  },
});

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
  '/v/beacon.{hash}.js': forGood('The beacon, for good', 'A script that never changes.'),
  '/v/beacon-page.{hash}.js': forGood(
    'The beacon’s second file',
    'Fills slots and reads the page; the script loads it by itself.',
  ),
};
