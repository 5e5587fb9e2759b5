import { createDocument } from 'zod-openapi';
import { beaconPaths } from '../beacon/operation.ts';
import { catalogPaths } from '../catalog/operation.ts';
import { erasurePaths } from '../erasure/operation.ts';
import { exportPaths } from '../export/operation.ts';
import { fragmentPaths } from '../fragments/operation.ts';
import { userPaths } from '../identity/operation.ts';
import { importPaths } from '../import/operation.ts';
import { ingestPaths } from '../ingest/operation.ts';
import { lakePaths } from '../lake/operation.ts';
import { modelPaths } from '../model/operation.ts';
import { profilePaths } from '../profile/operation.ts';
import { recommendPaths } from '../recommend/operation.ts';
import { reconciliationPaths } from '../reconciliation/operation.ts';
import { segmentPaths } from '../segments/operation.ts';
import { sitePaths } from '../site/operation.ts';
import { webhookPaths } from '../webhooks/operation.ts';

type Document = ReturnType<typeof createDocument>;

let document: Document | undefined;

/** The API as OpenAPI 3.1, made once in an isolate from the schemas that the handlers parse with. */
export function apiDocument(): Document {
  document ??= createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Vitrine',
      version: '1',
      description: 'Real-time personalization for online shops, at the edge. Errors are problem documents (RFC 9457).',
    },
    paths: {
      ...ingestPaths,
      ...recommendPaths,
      ...fragmentPaths,
      ...profilePaths,
      ...beaconPaths,
      ...catalogPaths,
      ...importPaths,
      ...lakePaths,
      ...modelPaths,
      ...erasurePaths,
      ...exportPaths,
      ...userPaths,
      '/api/users/{id}': { ...userPaths['/api/users/{id}'], ...erasurePaths['/api/users/{id}'] },
      ...reconciliationPaths,
      ...segmentPaths,
      ...sitePaths,
      ...webhookPaths,
    },
    components: {
      securitySchemes: {
        writeKey: {
          type: 'apiKey',
          in: 'query',
          name: 'key',
          description: 'The site’s public write key; also as header `x-vitrine-key` or as Basic user.',
        },
        secretKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'The site’s secret key; also as Basic user. Never in a URL.',
        },
      },
    },
  });
  return document;
}
