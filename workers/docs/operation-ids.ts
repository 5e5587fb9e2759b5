/** Names of operations that clients have by them, where method and path make no good one. */
const NAMES: Readonly<Record<string, string>> = {
  'post /v/events': 'sendEvents',
  'post /v1/{call}': 'sendSegmentCall',
  'get /v1/projects/{key}/settings': 'getSegmentSettings',
  'get /v/recommendations': 'getRecommendations',
  'post /v/recommendations': 'readRecommendations',
  'get /v/fragments/{slot}': 'getFragment',
  'post /v/fragments/{slot}': 'readFragment',
  'get /v/profile': 'getProfile',
  'post /v/profile': 'readProfile',
  'get /v/slots.css': 'getSlotStyle',
  'get /v/pixel.gif': 'getPixel',
  'get /v/beacon.js': 'getBeacon',
  'get /v/beacon.{hash}.js': 'getPinnedBeacon',
  'get /v/beacon-page.{hash}.js': 'getBeaconPage',
  'get /v/beacon-debug.js': 'getDebugger',
  'get /.well-known/jwks.json': 'getReceiptKeys',
};

/**
 * The id of an operation, from which generated clients name their functions: `GET /api/experiments/{id}/results` is
 * `getExperimentsByIdResults`.
 */
export function operationIdOf(method: string, path: string): string {
  const named = NAMES[`${method} ${path}`];
  if (named) return named;
  const words = path.split('/').filter((part) => part !== '' && part !== 'api' && part !== 'v');
  return (
    method + words.map((part) => (part.startsWith('{') ? `By${pascal(part.slice(1, -1))}` : pascal(part))).join('')
  );
}

function pascal(text: string): string {
  return text.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
