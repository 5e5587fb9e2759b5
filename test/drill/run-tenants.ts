import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { type Operation, operationsOf, pathsOf } from '../material/operations.ts';

/** A site with content that nobody else may see, under ids that two sites share. */
interface Tenant {
  readonly id: string;
  readonly writeKey: string;
  readonly secretKey: string;
  /** Stands in all that it says: names, titles, properties, traits, addresses. */
  readonly secret: string;
}

/** What came of the drill. */
export interface TenantReport {
  readonly operations: number;
  readonly requests: number;
  /** Operations whose own answers hold the site's secret: what could leak. */
  readonly telling: number;
  /** Answers to one site that held the other's secret. */
  readonly leaks: readonly string[];
  /** What was changed of a site by the key of the other. */
  readonly changed: readonly string[];
}

/** What a site's own reads change by themselves, or shows what is the machine's. */
const RESTLESS =
  /^\/(?:\.well-known|metrics|readyz|healthz|openapi\.json|docs)|^\/api\/(?:pulse|tail|keys|audit|site|erasures)/;
/** Ends a session, or lasts for as long as somebody watches. */
const NOT_ASKED = /tail|^\/console/;
const IDS_TRIED = 40;

const tenant = (name: string): Tenant => ({
  id: `tenant-${name}`,
  writeKey: `wk_tenant_${name}`,
  secretKey: `sk_tenant_${name}`,
  secret: `Only${name.toUpperCase()}${'z'.repeat(6)}`,
});

/**
 * Two sites with the same ids of everything and other content. One asks for all that the API's document names, with its own key and ids of the other;
 * then it changes and deletes all that it can. No answer may hold a word of the other, and the other must be as it was.
 */
export async function runTenants(root: string): Promise<TenantReport> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'vitrine-tenants-'));
  const vitrine = await startVitrine({
    stateDir,
    configPath: path.join(root, 'wrangler.toml'),
    entry: path.join(root, 'workers/index.ts'),
    maxBatchTimeoutSeconds: 0.05,
    log: () => undefined,
  });
  try {
    const [own, other] = [tenant('a'), tenant('b')];
    for (const one of [own, other]) await furnish(vitrine, one);
    await waitCounted(vitrine, 2 * EVENTS);
    await vitrine.scheduled();
    const operations = operationsOf(await (await fetch(`${vitrine.url}/openapi.json`)).json()).filter(
      ({ template }) => !NOT_ASKED.test(template),
    );
    const ids = await idsOf(vitrine, other, operations);
    let requests = 0;
    const leaks = new Set<string>();
    const reads = operations.filter(({ method }) => method === 'GET');
    for (const operation of reads)
      for (const where of pathsOf(operation, ids))
        for (const key of [own.secretKey, own.writeKey]) {
          requests += 1;
          if ((await answerOf(vitrine, 'GET', where, key)).includes(other.secret))
            leaks.add(`GET ${operation.template}`);
        }
    const before = await stateOf(vitrine, other, reads);
    // What deletes a site's own things comes last.
    const writes = operations.filter(({ method }) => method !== 'GET');
    writes.sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
    for (const operation of writes)
      for (const where of pathsOf(operation, ids)) {
        requests += 1;
        const body = operation.takesBody ? '{}' : undefined;
        if ((await answerOf(vitrine, operation.method, where, own.secretKey, body)).includes(other.secret))
          leaks.add(`${operation.method} ${operation.template}`);
      }
    await vitrine.scheduled();
    const after = await stateOf(vitrine, other, reads);
    const changed = [...before].filter(([where, text]) => after.get(where) !== text).map(([where]) => where);
    const telling = [...before].filter(([, text]) => text.includes(other.secret)).length;
    return { operations: operations.length, requests, telling, leaks: [...leaks], changed };
  } finally {
    await vitrine.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

const EVENTS = 4;

/** Gives a site all that one can have: people, products, rules, segments, webhooks, schemas, failures. */
async function furnish(vitrine: Vitrine, { id, writeKey, secretKey, secret }: Tenant): Promise<void> {
  await seedSite(await vitrine.getD1('DB'), { id, name: id, origins: [], writeKey, secretKey });
  const call = async (method: string, where: string, body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' };
    const response = await fetch(`${vitrine.url}${where}`, { method, headers, body: text });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${answer.slice(0, 300)}`);
  };
  await call(
    'POST',
    '/api/catalog',
    JSON.stringify({ id: 'p1', title: `Coat ${secret}`, url: `/p/${secret}`, price: '9 EUR' }),
  );
  const where = `properties.note == "${secret}"`;
  await call('PUT', '/api/attributes/views', { event: 'product_viewed', where, aggregate: 'count', window: '1d' });
  await call('PUT', '/api/segments/lovers', { condition: `"views" in attributes && "${secret}" != ""` });
  const document = {
    slots: { home: { limit: 4, heading: { en: `For ${secret}` } } },
    rules: [{ name: `pin ${secret}`, slots: ['home'], actions: [{ do: 'pin', items: ['p1'] }] }],
  };
  await call('PUT', '/api/merchandising/draft', document);
  await call('POST', '/api/merchandising/publish', '{}');
  await call('PUT', '/api/merchandising/draft', document);
  await call('POST', '/api/webhooks', { url: `https://${secret.toLowerCase()}.example.com/${secret}` });
  await call('POST', '/registry/subjects/own/versions', {
    schemaType: 'JSON',
    schema: JSON.stringify({ type: 'object', title: secret }),
  });
  const event = (eventId: string, type: string, properties: object, more: object = {}) => ({
    ...{ id: eventId, type, occurredAt: new Date().toISOString(), anonymousId: 'd1', properties },
    ...more,
  });
  await call('POST', '/v/events', {
    events: [
      event('e1', 'identify', { traits: { note: secret } }, { userId: 'u1' }),
      event('e2', 'product_viewed', { product_id: 'p1', note: secret }),
      event('e3', 'order_completed', { order_id: `o-${secret}`, total: 9, currency: 'EUR', products: [] }),
      event('e4', secret, { note: secret }),
      event('e5', 'order_completed', { note: secret }),
    ],
  });
}

/** Ids that the other site's answers name, with those that it was given. */
async function idsOf(vitrine: Vitrine, of: Tenant, operations: readonly Operation[]): Promise<string[]> {
  const ids = new Set(['u1', 'd1', 'p1', 'e1', 'home', 'own', '1', 'draft', of.id]);
  for (const operation of operations) {
    if (operation.method !== 'GET' || Object.keys(operation.parameters).length > 0) continue;
    const text = await answerOf(vitrine, 'GET', operation.template, of.secretKey);
    for (const [, found = ''] of text.matchAll(/"(?:id|key|name|version)":\s*"?([\w.-]{1,80})"?[,}]/g))
      if (ids.size < IDS_TRIED && !found.includes(of.secret)) ids.add(found);
  }
  return [...ids];
}

/** What a site says of itself, by path: all that stays as it is while nobody changes it. */
async function stateOf(vitrine: Vitrine, of: Tenant, reads: readonly Operation[]): Promise<Map<string, string>> {
  const paths = reads.flatMap((operation) => pathsOf(operation, ['u1', 'd1', 'p1', 'home', 'own', '1']));
  const said = new Map<string, string>();
  for (const where of paths)
    if (!RESTLESS.test(where)) said.set(where, await answerOf(vitrine, 'GET', where, of.secretKey));
  for (const [where, text] of said)
    if ((await answerOf(vitrine, 'GET', where, of.secretKey)) !== text) said.delete(where);
  return said;
}

async function answerOf(vitrine: Vitrine, method: string, where: string, key: string, body?: string): Promise<string> {
  const query = where.startsWith('/v/') ? `${where.includes('?') ? '&' : '?'}anonymousId=d1&slot=home&userId=u1` : '';
  const response = await fetch(`${vitrine.url}${where}${query}`, {
    method,
    redirect: 'manual',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return `${response.status} ${text.replaceAll(/"[\w-]*(?:At|_at|requestId|until)":\s*[^,}]+/g, '')}`;
}
