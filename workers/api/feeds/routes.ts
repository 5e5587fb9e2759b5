import { Hono } from 'hono';
import { feedNameSchema, feedSchema, feedStateSchema, MAX_FEEDS } from '../../../core/catalog/feed.ts';
import { pullFeed } from '../../../jobs/feeds/pull-feed.ts';
import { deleteFeed, type Feed, findFeed, listFeeds, putFeed } from '../../../stores/catalog/feeds.ts';
import { log } from '../../../stores/log.ts';
import { outboundFault } from '../../../stores/outbound.ts';
import { answer } from '../../http/answer.ts';
import { answerLines } from '../../http/answer-lines.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { feedsSchema, runQuerySchema } from './operation.ts';

const MAX_BODY_BYTES = 8_192;

/** `/api/feeds`: product feeds that are fetched by the clock. */
export const feedRoutes = new Hono<ApiContext>()
  .get('/', async (c) => answer(feedsSchema, { feeds: (await listFeeds(c.env, c.get('site').id)).map(toldOf) }))
  .put('/:name', async (c) => {
    const site = c.get('site').id;
    const name = feedNameSchema.safeParse(c.req.param('name'));
    if (!name.success) throw new HttpError(400, `name: ${name.error.issues[0]?.message}`, { code: 'invalid_feed' });
    const feed = await readJson(c.req.raw, feedSchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_feed' });
    const fault = outboundFault(c.env, feed.url);
    if (fault !== undefined) throw new HttpError(400, `url: ${fault}.`, { code: 'private_target' });
    const others = (await listFeeds(c.env, site)).filter((one) => one.name !== name.data);
    if (others.length >= MAX_FEEDS)
      throw new HttpError(409, `A site has at most ${MAX_FEEDS} feeds. Delete one first.`, { code: 'too_many' });
    await putFeed(c.env, { site, name: name.data, ...feed }, Date.now());
    return answer(feedStateSchema, toldOf(await own(c.env, site, name.data)));
  })
  .delete('/:name', async (c) => {
    const { site, name } = await own(c.env, c.get('site').id, c.req.param('name'));
    await deleteFeed(c.env, site, name);
    return c.body(null, 204);
  })
  .post('/:name/run', async (c) => {
    const { accept } = checkedQuery(runQuerySchema, c.req.query());
    const feed = await own(c.env, c.get('site').id, c.req.param('name'));
    const acceptsFewer = accept === 'fewer';
    return answerLines(
      async (line) => {
        const tell = ({ accepted, refused }: { accepted: number; refused: { count: number } }) =>
          line({ progress: { accepted, refused: refused.count } });
        await line(await pullFeed(c.env, feed, { acceptsFewer, anyway: true, tell }));
      },
      async (error, line) => {
        log('feed_run_failed', { site: feed.site, feed: feed.name, error: String(error) });
        await line({ error: 'The run ended before its end. Run it again.' });
        return 'ended';
      },
    );
  });

async function own(env: Env, site: string, name: string): Promise<Feed> {
  const feed = await findFeed(env, site, name);
  if (!feed) throw new HttpError(404, 'There is no such feed.', { code: 'unknown_feed' });
  return feed;
}

function toldOf({ name, url, everyMinutes, nextAt, outcome }: Feed) {
  return { name, url, everyMinutes, nextAt, ...(outcome && { last: outcome }) };
}
