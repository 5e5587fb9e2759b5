import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import type { FeedOutcome } from '../../core/catalog/feed.ts';
import { pullFeeds } from '../../jobs/feeds/pull-feeds.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import { findFeed } from '../../stores/catalog/feeds.ts';
import { aRun, makeSite, send, type TestSite } from './site.ts';

const URL_OF_FEED = 'https://shop.example/feed.xml';
const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
const define = (site: TestSite, feed: object = { url: URL_OF_FEED }, name = 'main') =>
  send(`/api/feeds/${name}`, { method: 'PUT', headers: secret(site), body: JSON.stringify(feed) });
const rss = (ids: readonly number[]) =>
  `<rss><channel>${ids.map((id) => `<item><g:id>${id}</g:id><title>P${id}</title><link>/p/${id}</link></item>`).join('')}</channel></rss>`;
const idsOf = async (site: TestSite) => (await catalogStub(env, site.id).page('', 500)).map(({ id }) => Number(id));
const upTo = (many: number) => Array.from({ length: many }, (_, n) => n + 100);
/** Runs a feed now; what came of it is the answer's last line. */
async function run(site: TestSite, query = ''): Promise<FeedOutcome> {
  const answer = await send(`/api/feeds/main/run${query}`, { method: 'POST', headers: secret(site) });
  return JSON.parse((await answer.text()).trim().split('\n').at(-1) ?? '');
}
/** While `act` runs, the shop's server answers so. */
async function whileServing<T>(serve: (request: Request) => Response, act: () => Promise<T>): Promise<T> {
  const spy = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(async (to, init) => serve(new Request(to as RequestInfo, init as RequestInit)));
  try {
    return await act();
  } finally {
    spy.mockRestore();
  }
}

describe('a feed', () => {
  it('is fetched by the clock, and not again while its server says that nothing has changed', async ({ expect }) => {
    const site = await makeSite();
    const asked: (string | null)[] = [];
    const serve = (request: Request) => {
      asked.push(request.headers.get('if-none-match'));
      if (request.headers.get('if-none-match') === '"v1"') return new Response(null, { status: 304 });
      return new Response(rss(upTo(3)), { headers: { etag: '"v1"' } });
    };
    expect(await (await define(site, { url: URL_OF_FEED, everyMinutes: 30 })).json()).toMatchObject({ name: 'main' });
    const now = Date.now();
    await whileServing(serve, () => pullFeeds(env, aRun(now)));
    expect(await idsOf(site)).toEqual(upTo(3));
    expect(await findFeed(env, site.id, 'main')).toMatchObject({ etag: '"v1"', outcome: { state: 'loaded' } });
    await whileServing(serve, () => pullFeeds(env, aRun(now + 60_000)));
    expect(asked).toEqual([null]);
    await whileServing(serve, () => pullFeeds(env, aRun(now + 31 * 60_000)));
    expect(asked).toEqual([null, '"v1"']);
    expect(await findFeed(env, site.id, 'main')).toMatchObject({ outcome: { state: 'unchanged' } });
  });

  it('that has moved is read anew, whatever its server said of the other address', async ({ expect }) => {
    const site = await makeSite();
    await define(site);
    const etags = { headers: { etag: '"v1"' } };
    await whileServing(
      () => new Response(rss(upTo(3)), etags),
      () => run(site),
    );
    await define(site, { url: URL_OF_FEED, everyMinutes: 5 });
    expect(await findFeed(env, site.id, 'main')).toMatchObject({ etag: '"v1"', everyMinutes: 5 });
    await define(site, { url: 'https://shop.example/other.xml' });
    expect(await findFeed(env, site.id, 'main')).toMatchObject({ etag: null, everyMinutes: 60 });
  });

  it('that has shrunk is held back until somebody agrees, and is asked for whole until then', async ({ expect }) => {
    const site = await makeSite();
    await define(site);
    const serving = (many: number) => (request: Request) =>
      request.headers.has('if-none-match')
        ? new Response(null, { status: 304 })
        : new Response(rss(upTo(many)), { headers: { etag: `"${many}"` } });
    await whileServing(serving(40), () => run(site));
    await env.DB.prepare('UPDATE catalog_feeds SET etag = NULL WHERE site = ?').bind(site.id).run();
    expect(await whileServing(serving(5), () => run(site))).toMatchObject({
      state: 'held',
      report: { held: { missing: 35, of: 40 } },
    });
    expect(await idsOf(site)).toHaveLength(40);
    const page = await (await send('/metrics', { headers: secret(site) })).text();
    expect(page).toContain(`vitrine_feed_state{site="${site.id}",feed="main",state="held"} 1`);
    expect(page).toContain(`vitrine_catalog_items{site="${site.id}",kind="shown"} 40`);
    expect(await whileServing(serving(5), () => run(site, '?accept=fewer'))).toMatchObject({
      state: 'loaded',
      report: { removed: 35 },
    });
    expect(await idsOf(site)).toEqual(upTo(5));
  });

  it.for<[string, () => Response, RegExp]>([
    ['fails', () => new Response('oops', { status: 503 }), /the server answered 503/],
    ['is a page', () => new Response('<html><body>Login</body></html>'), /no product was found/],
    ['is empty', () => new Response(''), /it is empty/],
    ['leads inside', () => Response.redirect('https://10.0.0.1/feed'), /10\.0\.0\.1 is private/],
    ['leads round', () => Response.redirect(URL_OF_FEED), /redirects more than/],
    [
      'is not there',
      () => {
        throw new Error('connection refused');
      },
      /connection refused/,
    ],
  ])('that %s changes nothing, and says why', async ([, serve, why], { expect }) => {
    const site = await makeSite();
    await define(site);
    await whileServing(
      () => new Response(rss(upTo(3))),
      () => run(site),
    );
    const outcome = await whileServing(serve, () => run(site));
    expect(outcome).toMatchObject({ state: 'failed', error: expect.stringMatching(why) });
    expect(await idsOf(site)).toEqual(upTo(3));
  });

  it('is refused with words when it can never be fetched, and bounded in number', async ({ expect }) => {
    const site = await makeSite();
    const code = async (answer: Response) => (await answer.json<{ code: string }>()).code;
    expect(await code(await define(site, { url: 'https://169.254.169.254/x' }))).toBe('private_target');
    expect(await code(await define(site, { url: URL_OF_FEED, everyMinutes: 1 }))).toBe('invalid_feed');
    expect(await code(await define(site, { url: URL_OF_FEED }, 'api'))).toBe('invalid_feed');
    for (let n = 0; n < 20; n += 1) expect((await define(site, { url: URL_OF_FEED }, `f${n}`)).status).toBe(200);
    expect(await code(await define(site, { url: URL_OF_FEED }, 'one-more'))).toBe('too_many');
    expect((await define(site, { url: URL_OF_FEED }, 'f3')).status).toBe(200);
    expect((await send('/api/feeds/f3', { method: 'DELETE', headers: secret(site) })).status).toBe(204);
    expect(await code(await send('/api/feeds/f3/run', { method: 'POST', headers: secret(site) }))).toBe('unknown_feed');
    const { feeds } = await (await send('/api/feeds', { headers: secret(site) })).json<{ feeds: object[] }>();
    expect(feeds).toHaveLength(19);
    const other = await makeSite();
    expect(await (await send('/api/feeds', { headers: secret(other) })).json()).toEqual({ feeds: [] });
  });
});
