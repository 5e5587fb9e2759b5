import fc from 'fast-check';
import { describe, it } from 'vitest';
import { apiDocument } from '../../workers/docs/document.ts';
import { bytesOf, hostileBodies } from '../material/hostile-bodies.ts';
import { operationsWithBodies } from '../material/operations-with-bodies.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, rollupsOf } from './stores.ts';

/** `'Trail 👟'.slice(0, 7)`, as shops cut titles. */
const HALF = 'Trail \ud83d';
const DEPTH = 10_000;

/** What a text is put in the place of. */
const HOLE = 'hole';

const deep = (value: string) => `${'['.repeat(DEPTH)}${value}${']'.repeat(DEPTH)}`;
const deepIn = (name: string) => `{"${name}":${deep('1')}}`;

/** Bodies as no client of ours makes them. */
const BODIES: Record<string, string | Uint8Array> = {
  'open brackets': '['.repeat(DEPTH),
  'open braces': '{"a":'.repeat(DEPTH),
  'deep arrays': deep(''),
  'deep objects': `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  'deep in events': deepIn('events'),
  'a deep event': `{"events":[${deep('1')}]}`,
  'an event with a deep property': JSON.stringify({ events: [makeEvent('ada', 'own_type', { a: HOLE })] }).replace(
    `"${HOLE}"`,
    deep('1'),
  ),
  'deep in a definition': `{"type":"count","where":${deep('1')},"conditions":${deep('1')}}`,
  'deep in settings': deepIn('consent'),
  'deep in a row': `{"userId":"ann","traits":{"a":${deep('1')}}}`,
  'half a character': JSON.stringify(HALF),
  'half a name': JSON.stringify({ [HALF]: HALF }),
  'halves in events': JSON.stringify({ events: [{ [HALF]: HALF, id: HALF, type: HALF, anonymousId: HALF }] }),
  'halves in a row': JSON.stringify({ id: HALF, userId: HALF, title: HALF, url: HALF, traits: { [HALF]: HALF } }),
  'numbers beyond': '{"id":9007199254740993,"price":1e999,"events":[-1e999]}',
  'own prototype': '{"__proto__":{"a":1},"constructor":{"prototype":null},"events":[{"__proto__":[]}]}',
  'no UTF-8': new Uint8Array([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]),
  'a NUL': '{"id":"\\u0000","events":[{"id":"\\u0000"}]}',
  null: 'null',
  number: '1',
  nothing: '',
};

const MEDIA_TYPES = ['application/json', 'application/x-ndjson', 'text/csv'];
/** Those of events alone. */
const EVENT_TYPES = ['application/x-protobuf', 'application/cloudevents+json', 'application/cloudevents-batch+json'];

/** One of each kind: `npm run drill -- bodies` takes all. */
const taking = () => [
  ...new Map(operationsWithBodies(apiDocument()).map((one) => [`${one.method} ${one.template}`, one])).values(),
];

async function answersOf(site: TestSite, method: string, path: string): Promise<string[]> {
  const answers: string[] = [];
  for (const [name, body] of Object.entries(BODIES)) {
    for (const type of path === '/v/events' ? [...MEDIA_TYPES, ...EVENT_TYPES] : MEDIA_TYPES) {
      const key = path.startsWith('/v/') && path !== '/v/import' ? `?key=${site.writeKey}` : '';
      const response = await send(`${path}${key}`, {
        method,
        headers: { 'content-type': type, authorization: `Bearer ${site.secretKey}` },
        body,
      });
      const text = await response.text();
      const isExplained = response.status < 300 || (response.status < 500 && JSON.parse(text).code !== undefined);
      if (!isExplained) answers.push(`${name} as ${type}: ${response.status} ${text.slice(0, 200)}`);
    }
  }
  return answers;
}

describe('a body as no client of ours makes it', () => {
  for (const { method, path } of taking()) {
    it(`is taken, or refused with a reason: ${method} ${path}`, async ({ expect }) => {
      expect(await answersOf(await makeSite(), method, path)).toEqual([]);
    });
  }

  it('whatever it is (a thousand generated ones), the answer is one that is documented', { timeout: 60_000 }, async ({
    expect,
  }) => {
    const operations = taking();
    const sites = new Map(
      await Promise.all(operations.map(async (operation) => [operation, await makeSite()] as const)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations), hostileBodies, async (operation, body) => {
        const { bytes, headers } = await bytesOf(body);
        const response = await send(operation.path, {
          method: operation.method,
          headers: { ...headers, authorization: `Bearer ${sites.get(operation)?.secretKey}` },
          body: bytes,
        });
        const text = await response.text();
        expect(operation.documented).toContain(String(response.status));
        if (response.status >= 300) expect(JSON.parse(text).code).toEqual(expect.any(String));
      }),
      { numRuns: 1_000 },
    );
  });

  it('spoils no event beside it: half a character counts as U+FFFD', async ({ expect }) => {
    const site = await makeSite();
    const events = [
      makeEvent('ada', 'product_added', { product_id: 'p1' }),
      makeEvent('ada', 'product_viewed', { product_id: 'p2', name: HALF, [HALF]: 1 }),
      { ...makeEvent('ada', 'own_type', { name: HALF }), context: { page: { title: HALF } } },
    ];
    for (const _ of ['first', 'retry']) {
      const response = await postEvents(site, events);
      expect([response.status, await response.json()]).toEqual([202, { accepted: 3, rejected: [] }]);
    }
    await eventually(async () =>
      expect(await rollupsOf(site.id)).toEqual({ product_added: 1, product_viewed: 1, own_type: 1 }),
    );
    expect(await failedReasonsOf(site.id)).toEqual([]);
  });
});
