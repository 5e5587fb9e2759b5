import { allocateExperiments } from './allocate/allocate-experiments.ts';
import { backfillSites } from './backfill/backfill-sites.ts';
import { compactSites } from './compact/compact-sites.ts';
import { sweepLake } from './compact/sweep-lake.ts';
import { runOpenErasures } from './erase/run-open-erasures.ts';
import { countExposures } from './exposure/count-exposures.ts';
import { pullFeeds } from './feeds/pull-feeds.ts';
import { fitSites } from './fit/fit-sites.ts';
import { buildIndexes } from './index/build-indexes.ts';
import { trainShapes } from './outliers/train-shapes.ts';
import { pairSites } from './pair/pair-sites.ts';
import { publishSites } from './publish/publish-sites.ts';
import { reconcileSites } from './reconcile/reconcile-sites.ts';
import type { Job } from './schedule/job.ts';
import { sweepFailed } from './sweep/sweep-failed.ts';
import { sweepRows } from './sweep/sweep-rows.ts';
import { trendSites } from './trend/trend-sites.ts';
import { watchSites } from './watch/watch-sites.ts';

const everyMinute = () => true;
/** In one minute of each hour. */
const atMinute = (wanted: number) => (minute: number) => minute === wanted;
/** Four times an hour, from one minute of the hour on. */
const atQuarters = (first: number) => (minute: number) => minute % 15 === first;
/** From one minute of each hour on, so that the hour before has settled. */
const fromMinute = (first: number) => (minute: number) => minute >= first;

/** What runs by the clock: name, when, how long, what. Each run is an invocation of its own, under a lease. */
export const JOBS: readonly Job[] = [
  { name: 'erase', when: everyMinute, deadlineMs: 50_000, run: runOpenErasures },
  { name: 'publish', when: everyMinute, deadlineMs: 50_000, run: publishSites },
  { name: 'fit', when: everyMinute, deadlineMs: 20_000, run: fitSites },
  { name: 'index', when: everyMinute, deadlineMs: 40_000, run: buildIndexes },
  { name: 'feeds', when: everyMinute, deadlineMs: 240_000, run: pullFeeds },
  { name: 'pair', when: everyMinute, deadlineMs: 40_000, run: pairSites },
  { name: 'compact', when: everyMinute, deadlineMs: 20_000, run: compactSites },
  { name: 'backfill', when: everyMinute, deadlineMs: 50_000, run: backfillSites },
  { name: 'watch', when: everyMinute, deadlineMs: 30_000, run: watchSites },
  { name: 'trend', when: atQuarters(4), deadlineMs: 40_000, run: trendSites },
  { name: 'allocate', when: atMinute(3), deadlineMs: 20_000, run: allocateExperiments },
  { name: 'exposure', when: atMinute(23), deadlineMs: 40_000, run: countExposures },
  { name: 'outliers', when: atMinute(13), deadlineMs: 30_000, run: trainShapes },
  { name: 'reconcile', when: fromMinute(20), deadlineMs: 20_000, run: reconcileSites },
  { name: 'sweep-rows', when: atMinute(7), deadlineMs: 30_000, run: (env, { now }) => sweepRows(env, now) },
  { name: 'sweep-failed', when: atMinute(7), deadlineMs: 30_000, run: sweepFailed },
  { name: 'sweep-lake', when: atMinute(7), deadlineMs: 30_000, run: (env, { now }) => sweepLake(env, now) },
];
