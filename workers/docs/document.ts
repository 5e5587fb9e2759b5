import { createDocument } from 'zod-openapi';
import { auditPaths } from '../api/audit/operation.ts';
import { catalogPaths } from '../api/catalog/operation.ts';
import { debugLinkPaths } from '../api/debug-links/operation.ts';
import { erasurePaths } from '../api/erasure/operation.ts';
import { eventPaths } from '../api/events/operation.ts';
import { experimentPaths } from '../api/experiments/operation.ts';
import { exportPaths } from '../api/export/operation.ts';
import { failedEventsPaths } from '../api/failed-events/operation.ts';
import { feedPaths } from '../api/feeds/operation.ts';
import { importPaths } from '../api/import/operation.ts';
import { keyPaths } from '../api/keys/operation.ts';
import { lakePaths } from '../api/lake/operation.ts';
import { merchandisingPaths } from '../api/merchandising/operation.ts';
import { indexPaths } from '../api/model/index-operation.ts';
import { modelPaths } from '../api/model/operation.ts';
import { pulsePaths } from '../api/pulse/operation.ts';
import { reconciliationPaths } from '../api/reconciliation/operation.ts';
import { schemaPaths } from '../api/schemas/operation.ts';
import { segmentPaths } from '../api/segments/operation.ts';
import { sitePaths } from '../api/settings/operation.ts';
import { ownSitePaths } from '../api/site/operation.ts';
import { userPaths } from '../api/users/operation.ts';
import { webhookPaths } from '../api/webhooks/operation.ts';
import { beaconPaths } from '../edge/beacon/operation.ts';
import { debuggerPaths } from '../edge/debug/operation.ts';
import { fragmentPaths } from '../edge/fragments/operation.ts';
import { eventImportPaths } from '../edge/import/operation.ts';
import { ingestPaths } from '../edge/ingest/operation.ts';
import { profilePaths } from '../edge/profile/operation.ts';
import { recommendPaths } from '../edge/recommend/operation.ts';
import { segmentApiPaths } from '../edge/segment/operation.ts';
import { healthPaths } from '../health/operation.ts';
import { withBodyProblems } from '../http/problem-responses.ts';
import { metricsPaths } from '../metrics/operation.ts';
import { operatorPaths } from '../operator/operation.ts';
import { pixelPaths } from '../proxy/operation.ts';
import { registryPaths } from '../registry/operation.ts';
import { operationIdOf } from './operation-ids.ts';

type Document = ReturnType<typeof createDocument>;

let document: Document | undefined;

/** The API as OpenAPI 3.1, made once in an isolate from the schemas that the handlers parse with. */
export function apiDocument(): Document {
  document ??= finished(
    createDocument({
      openapi: '3.1.0',
      info: {
        title: 'Vitrine',
        version: '1',
        description:
          'Real-time personalization for online shops, at the edge. Errors are problem documents (RFC 9457).',
      },
      servers: [{ url: '/', description: 'The Vitrine that serves this document' }],
      paths: withBodyProblems({
        ...ingestPaths,
        ...eventImportPaths,
        ...segmentApiPaths,
        ...recommendPaths,
        ...fragmentPaths,
        ...profilePaths,
        ...pixelPaths,
        ...beaconPaths,
        ...debuggerPaths,
        ...debugLinkPaths,
        ...catalogPaths,
        ...feedPaths,
        ...merchandisingPaths,
        ...eventPaths,
        ...experimentPaths,
        ...importPaths,
        ...failedEventsPaths,
        ...lakePaths,
        ...modelPaths,
        ...indexPaths,
        ...erasurePaths,
        ...exportPaths,
        ...userPaths,
        '/api/users/{id}': { ...userPaths['/api/users/{id}'], ...erasurePaths['/api/users/{id}'] },
        '/api/devices/{id}': { ...userPaths['/api/devices/{id}'], ...erasurePaths['/api/devices/{id}'] },
        ...reconciliationPaths,
        ...segmentPaths,
        ...operatorPaths,
        ...ownSitePaths,
        ...keyPaths,
        ...auditPaths,
        ...sitePaths,
        ...webhookPaths,
        ...registryPaths,
        ...schemaPaths,
        ...metricsPaths,
        ...pulsePaths,
        ...healthPaths,
      }),
      components: {
        securitySchemes: {
          writeKey: {
            type: 'apiKey',
            in: 'query',
            name: 'key',
            description: 'The site’s public write key; also as header `x-vitrine-key` or as Basic user.',
          },
          operatorKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'A key of who runs this Vitrine: `npm run site -- --operator`.',
          },
          secretKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'The site’s secret key; also as Basic user. Never in a URL.',
          },
        },
      },
    }),
  );
  return document;
}

/** What `createDocument` calls a schema that goes round in itself and has no name: JSON of any kind. */
const ANY_JSON = /__schema\d+/g;

/** The document with a name for each operation, and any JSON as such: generators of clients cannot do with a type that is made of itself. */
function finished(made: Document): Document {
  for (const [path, item] of Object.entries(made.paths ?? {}))
    for (const [method, operation] of Object.entries(item)) operation.operationId ??= operationIdOf(method, path);
  const named = JSON.parse(JSON.stringify(made).replaceAll(ANY_JSON, 'AnyJson')) as Document;
  if (named.components?.schemas?.AnyJson) named.components.schemas.AnyJson = { description: 'Any JSON.' };
  return named;
}
