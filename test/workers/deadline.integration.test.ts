import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { readItems, relatedItems } from '../../stores/catalog/read-items.ts';
import worker from '../../workers/index.ts';
import { makeSite, send, type TestSite } from './site.ts';

const DEADLINE_MS = 40;
const api = async (site: TestSite, method: string, path: string, body: string) => {
  const headers = { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' };
  const response = await send(`/api/${path}`, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
};
/** An object, or a bucket, that never answers. */
const never: Record<string, unknown> = {
  idFromName: (name: string) => name,
  jurisdiction: () => never,
  get: () => new Proxy({}, { get: () => () => new Promise(() => {}) }),
};
interface Answer {
  readonly tier: string;
  readonly reason: string;
  readonly strategy: string;
  readonly items: { readonly id: string }[];
}

async function shop(): Promise<TestSite> {
  const site = await makeSite();
  const rows = ['a', 'b', 'c', 'd'].map((id) => JSON.stringify({ id, title: id, url: `/p/${id}` }));
  await api(site, 'POST', 'catalog', rows.join('\n'));
  await api(
    site,
    'PUT',
    'merchandising/draft',
    JSON.stringify({
      slots: { home: { strategies: ['for_you'], limit: 2, deadline: DEADLINE_MS } },
      rules: [{ name: 'no a', actions: [{ do: 'exclude', where: 'item.id == "a"' }] }],
    }),
  );
  await api(site, 'POST', 'merchandising/publish', '{}');
  return site;
}

describe('a slot that is late', () => {
  it('shows what its isolate knows, as the rules say, and tells why', async ({ expect }) => {
    const site = await shop();
    const query = `/v/recommendations?key=${site.writeKey}&slot=home&anonymousId=${crypto.randomUUID()}`;
    const ids = ({ items }: Answer) => items.map(({ id }) => id);
    const known = await (await send(query)).json<Answer>();
    expect([known.tier, ids(known)]).toEqual(['baseline', ['b', 'c']]);
    // The deadline of reads of profiles is longer than that of this slot.
    const late = { ...env, PROFILE_DEADLINE_MS: '5000', USER_PROFILE: never, CATALOG: never } as unknown as Env;
    const read = async (path: string) => {
      const request = new Request(`https://vitrine.example${path}`, {
        headers: { authorization: `Bearer ${site.secretKey}` },
      });
      const fetched = worker.fetch(request as Parameters<typeof worker.fetch>[0], late, createExecutionContext());
      return (await fetched).json<Answer>();
    };
    const answer = await read(`/v/recommendations?slot=home&anonymousId=${crypto.randomUUID()}`);
    expect([answer.tier, answer.reason, answer.strategy, ids(answer)]).toEqual([
      'baseline',
      'slot_deadline',
      'for_you',
      ['b', 'c'],
    ]);
  });

  it('shows the same where something is thrown that nobody has thought of', async ({ expect }) => {
    const site = await shop();
    await (await send(`/v/recommendations?key=${site.writeKey}&slot=home`)).text();
    const broken = { ...env, USER_PROFILE: never } as unknown as Env;
    Object.defineProperty(broken, 'PROFILE_DEADLINE_MS', {
      get: () => {
        throw new Error('nobody has thought of this');
      },
    });
    const request = new Request(
      `https://vitrine.example/v/recommendations?slot=home&anonymousId=${crypto.randomUUID()}`,
      { headers: { authorization: `Bearer ${site.secretKey}` } },
    );
    const fetched = worker.fetch(request as Parameters<typeof worker.fetch>[0], broken, createExecutionContext());
    const answer = await (await fetched).json<Answer>();
    expect([answer.reason, answer.items.map(({ id }) => id)]).toEqual(['slot_error', ['b', 'c']]);
  });
});

describe('a catalogue that never answers', () => {
  it('is waited for once by a read, whatever it wants of it, and by none for a while', async ({ expect }) => {
    const site = await shop();
    expect([...(await readItems(env, site.id, ['a', 'b'])).keys()]).toEqual(['a', 'b']);
    // What is known is so old that a read first asks what has changed.
    await scheduler.wait(2_600);
    const calls: string[] = [];
    const silent = new Proxy(
      {},
      {
        get: (_, name) => () => {
          calls.push(String(name));
          return new Promise(() => {});
        },
      },
    );
    const CATALOG = { idFromName: (name: string) => name, get: () => silent } as unknown as Env['CATALOG'];
    const away = { ...env, CATALOG };
    expect([...(await readItems(away, site.id, ['a', 'unknown'])).keys()]).toEqual(['a']);
    expect(calls).toEqual(['changesSince']);
    await expect(relatedItems(away, site.id, 'a', 3)).rejects.toThrow('away (paused)');
    expect([...(await readItems(away, site.id, ['b', 'unknown'])).keys()]).toEqual(['b']);
    expect(calls).toEqual(['changesSince']);
    // It comes back, and is asked again.
    await scheduler.wait(2_100);
    expect([...(await readItems(env, site.id, ['a', 'c'])).keys()]).toEqual(['a', 'c']);
  });
});
