import { dueFeeds } from '../../stores/catalog/feeds.ts';
import type { JobRun } from '../schedule/job.ts';
import { pullFeed } from './pull-feed.ts';

const FEEDS_AT_ONCE = 50;

/** Fetches the feeds that are due, those first that have waited longest. */
export async function pullFeeds(env: Env, { now, deadline }: JobRun): Promise<void> {
  for (const feed of await dueFeeds(env, now, FEEDS_AT_ONCE)) {
    if (Date.now() >= deadline) return;
    await pullFeed(env, feed);
  }
}
