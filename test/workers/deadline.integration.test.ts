import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { consentDefaults, consentPolicySchema } from '../../core/consent/policy.ts';
import { firstItems, readItems, relatedItems } from '../../stores/catalog/read-items.ts';
import { WaitBudget } from '../../stores/wait-budget.ts';
import { recommend } from '../../workers/edge/recommend/recommend.ts';
import { type ReadQuery, readQuerySchema } from '../../workers/edge/visitor/read-query.ts';
import worker from '../../workers/index.ts';
import { makeSite, send, type TestSite } from './site.ts';

const DEADLINE_MS = 40;
/** What one read has to wait. */
const patience = () => new WaitBudget(250);
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

  it('shows the same where who asks has less time than the slot', async ({ expect }) => {
    const site = await shop();
    await (await send(`/v/recommendations?key=${site.writeKey}&slot=home`)).text();
    // Else the slot, which nobody has defined, would wait for the profile's own deadline.
    const late = { ...env, PROFILE_DEADLINE_MS: '200', USER_PROFILE: never } as unknown as Env;
    const query: ReadQuery = {
      ...readQuerySchema.parse({ slot: 'elsewhere', limit: '2' }),
      anonymousId: crypto.randomUUID(),
      unproven: false,
      claimedId: undefined,
      counted: false,
      hint: [],
      consent: consentDefaults(consentPolicySchema.parse({}), { inEuropeanUnion: false, globalPrivacyControl: false }),
    };
    const shown = await recommend(late, site.id, query, () => ({}), { within: DEADLINE_MS });
    expect([shown.reason, shown.items.map(({ item }) => item.id)]).toEqual(['slot_deadline', ['b', 'c']]);
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
    expect([...(await readItems(env, site.id, ['a', 'b'], patience())).keys()]).toEqual(['a', 'b']);
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
    expect([...(await readItems(away, site.id, ['a', 'unknown'], patience())).keys()]).toEqual(['a']);
    expect(calls).toEqual(['changesSince']);
    await scheduler.wait(20);
    await expect(relatedItems(away, site.id, 'a', 3, patience())).rejects.toThrow('away (paused)');
    expect([...(await readItems(away, site.id, ['b', 'unknown'], patience())).keys()]).toEqual(['b']);
    expect(calls).toEqual(['changesSince']);
    // It comes back, and is asked again.
    await scheduler.wait(2_100);
    expect([...(await readItems(env, site.id, ['a', 'c'], patience())).keys()]).toEqual(['a', 'c']);
  });
});

describe('a catalogue that is slow', () => {
  /** Answers each question when told to. */
  function slow() {
    const calls: string[] = [];
    const answers: (() => void)[] = [];
    const CATALOG = {
      idFromName: (name: string) => name,
      get: (name: string) => {
        const stub = env.CATALOG.getByName(name) as unknown as Record<string, (...args: unknown[]) => unknown>;
        const ask =
          (method: string) =>
          async (...args: unknown[]) => {
            calls.push(method);
            await new Promise<void>((answer) => void answers.push(answer));
            return stub[method]?.(...args);
          };
        return new Proxy({}, { get: (_, method) => ask(String(method)) });
      },
    } as unknown as Env['CATALOG'];
    return { calls, answers, env: { ...env, CATALOG } };
  }

  it('is waited for by one read no longer in all than it has time for, and what is late is known to the next', async ({
    expect,
  }) => {
    const site = await shop();
    const { calls, answers, env: far } = slow();
    const budget = new WaitBudget(150);
    // It answers in time, and so does not count as away.
    const related = relatedItems(far, site.id, 'a', 3, budget);
    await scheduler.wait(50);
    answers.shift()?.();
    await related;
    expect(budget.left(Date.now())).toBeLessThan(150);
    await expect(readItems(far, site.id, ['a', 'b'], budget)).rejects.toThrow('away (deadline)');
    expect(calls).toEqual(['related', 'read']);
    // All that the read has had is spent: it asks nothing more.
    await expect(firstItems(far, site.id, 3, budget)).rejects.toThrow('waited for long enough');
    expect(calls).toEqual(['related', 'read']);
    answers.shift()?.();
    await scheduler.wait(50);
    expect([...(await readItems(far, site.id, ['a', 'b'], new WaitBudget(0))).keys()]).toEqual(['a', 'b']);
    expect(calls).toEqual(['related', 'read']);
  });
});
