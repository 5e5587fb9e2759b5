import type { FeedOutcome } from '../../core/catalog/feed.ts';
import type { LoadReport } from '../../core/catalog/load-report.ts';
import { readProducts } from '../../core/catalog/read-products.ts';
import { beginRun, endRun, type Feed } from '../../stores/catalog/feeds.ts';
import { loadItems } from '../../stores/catalog/load-items.ts';
import { log } from '../../stores/log.ts';
import { followRedirects } from '../../stores/outbound.ts';

/** How long the shop's server may take for the whole feed. */
const FETCH_MS = 240_000;
const MAX_ERROR_LENGTH = 500;

export interface PullOptions {
  /** Whether much may leave with it. */
  readonly acceptsFewer?: boolean;
  /** Whether it is loaded also where the server says that it has not changed. */
  readonly anyway?: boolean;
  readonly tell?: (soFar: LoadReport) => Promise<void>;
}

/** Fetches a feed, unless its server says that it has not changed, and brings the catalogue to what it says. Never throws for the feed's fault. */
export async function pullFeed(env: Env, feed: Feed, options: PullOptions = {}): Promise<FeedOutcome> {
  const at = Date.now();
  await beginRun(env, feed, at);
  const { outcome, version } = await pulled(env, feed, at, options);
  await endRun(env, feed, outcome, version);
  const { site, name } = feed;
  log('feed_pulled', { site, feed: name, state: outcome.state, ms: Date.now() - at });
  return outcome;
}

type Pulled = { readonly outcome: FeedOutcome; readonly version?: { etag: string | null; modified: string | null } };

async function pulled(
  env: Env,
  feed: Feed,
  at: number,
  { acceptsFewer = false, anyway = false, tell }: PullOptions,
): Promise<Pulled> {
  try {
    const response = await fetchFeed(env, feed, anyway);
    if (response.status === 304) return { outcome: { at, state: 'unchanged' } };
    if (response.status !== 200) {
      await response.body?.cancel();
      return { outcome: { at, state: 'failed', error: `the server answered ${response.status}` } };
    }
    const meaning = { rows: 'put', source: feed.name, whole: true, acceptsFewer } as const;
    // Workers have inflated what the server packed.
    const headers = new Headers({ 'content-type': response.headers.get('content-type') ?? '' });
    const report = await loadItems(env, feed.site, readProducts({ body: response.body, headers }), meaning, tell);
    if (report.accepted === 0) {
      const why = report.refused.lines[0];
      const error = why ? `no product of it could be used; line ${why.line}: ${why.reason}` : 'it is empty';
      return { outcome: { at, state: 'failed', error, report } };
    }
    if (report.held) return { outcome: { at, state: 'held', report } };
    const { headers: said } = response;
    return {
      outcome: { at, state: report.changed + report.removed > 0 ? 'loaded' : 'unchanged', report },
      version: { etag: said.get('etag'), modified: said.get('last-modified') },
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { outcome: { at, state: 'failed', error: message.slice(0, MAX_ERROR_LENGTH) } };
  }
}

async function fetchFeed(env: Env, feed: Feed, anyway: boolean): Promise<Response> {
  const signal = AbortSignal.timeout(FETCH_MS);
  const headers = new Headers({ 'user-agent': 'vitrine-feeds/1', accept: '*/*' });
  if (!anyway && feed.etag !== null) headers.set('if-none-match', feed.etag);
  if (!anyway && feed.modified !== null) headers.set('if-modified-since', feed.modified);
  const answer = await followRedirects(env, feed.url, (url) => fetch(url, { headers, redirect: 'manual', signal }));
  if ('refused' in answer) throw new Error(answer.refused);
  return answer;
}
