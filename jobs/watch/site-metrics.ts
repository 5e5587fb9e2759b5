import { feedOutcomeSchema } from '../../core/catalog/feed.ts';
import type { CatalogSize } from '../../core/catalog/size.ts';
import { Exposition } from '../../core/metrics/exposition.ts';
import { setCounters } from '../../core/metrics/pulse-counters.ts';
import { type ExposureDay, isNarrowing } from '../../core/recommend/exposure.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import { type Feed, listFeeds } from '../../stores/catalog/feeds.ts';
import { type ReadCurrent, readCurrent } from '../../stores/model/current-model.ts';
import { exposureDays } from '../../stores/model/exposure-days.ts';
import { readIndex } from '../../stores/model/index-row.ts';
import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { readSiteRecord } from '../../stores/sites/site-record.ts';
import { type FitOutcome, fitOutcomeSchema, readFit } from '../fit/fit-state.ts';
import { lastVerdict, type Verdict } from '../reconcile/last-verdict.ts';
import { type JobStanding, jobStandings } from '../schedule/lease.ts';

/** All that there is to measure of a site. */
export async function siteMetrics(env: Env, id: string): Promise<Exposition> {
  const [current, fit, index, size, feeds, record, pulse, jobs, verdict, exposure] = await Promise.all([
    readCurrent(env, id),
    readFit(env, id),
    readIndex(env, id),
    catalogStub(env, id).size(),
    listFeeds(env, id),
    readSiteRecord(env, id),
    pulseStub(env, id).sums(),
    jobStandings(env),
    lastVerdict(env, id),
    exposureDays(env, id),
  ]);
  const page = new Exposition(id);
  setCatalog(page, size, feeds);
  setCounters(page, pulse.totals);
  page.set('vitrine_alarms_open', {}, pulse.alarmsOpen).set('vitrine_pulse_series', {}, pulse.series);
  page.set('vitrine_leaked_keys', {}, record?.keys.filter(({ leaked }) => leaked !== null).length ?? 0);
  if (current) setModel(page, current);
  page.set('vitrine_ranker_fit_running', {}, fit?.state !== undefined);
  if (fit?.outcome) setFit(page, fit.outcome);
  page.set('vitrine_index_shards', {}, index.shards);
  page.set('vitrine_index_build_running', {}, index.build !== undefined);
  setJobs(page, jobs, verdict);
  setExposure(page, exposure);
  return page;
}

function setJobs(page: Exposition, jobs: readonly JobStanding[], verdict: Verdict | undefined): void {
  for (const { job, outcome, tookMs, doneAt } of jobs) {
    page.set('vitrine_job_failed', { job }, outcome === 'failed');
    page.set('vitrine_job_last_duration_seconds', { job }, tookMs / 1_000);
    if (doneAt !== null) page.set('vitrine_job_last_success_timestamp_seconds', { job }, doneAt / 1_000);
  }
  if (!verdict) return;
  page.set('vitrine_reconciliation_drift', {}, verdict.verdict === 'drift');
  page.set('vitrine_reconciliation_timestamp_seconds', {}, verdict.at / 1_000);
}

function setCatalog(page: Exposition, size: CatalogSize, feeds: readonly Feed[]): void {
  page
    .set('vitrine_catalog_items', { kind: 'all' }, size.items)
    .set('vitrine_catalog_items', { kind: 'shown' }, size.shown);
  for (const { name: feed, outcome } of feeds) {
    if (!outcome) continue;
    page.set('vitrine_feed_last_run_timestamp_seconds', { feed }, outcome.at / 1_000);
    for (const state of feedOutcomeSchema.shape.state.options)
      page.set('vitrine_feed_state', { feed, state }, state === outcome.state);
  }
}

function setExposure(page: Exposition, days: readonly ExposureDay[]): void {
  page.set('vitrine_shown_narrowing', {}, isNarrowing(days));
  const [newest] = days;
  if (!newest || newest.shown === 0) return;
  page
    .set('vitrine_shown_coverage_ratio', {}, newest.coverage)
    .set('vitrine_shown_gini_ratio', {}, newest.gini)
    .set('vitrine_shown_effective_items', {}, newest.effective);
}

function setModel(page: Exposition, { manifest, held }: ReadCurrent): void {
  const bytes = manifest.shards.flat().reduce((sum, block) => sum + block.bytes, 0);
  page
    .set('vitrine_model_published_timestamp_seconds', {}, manifest.version / 1_000)
    .set('vitrine_model_held', {}, held)
    .set('vitrine_model_sessions', {}, manifest.sessions)
    .set('vitrine_model_items', {}, manifest.items)
    .set('vitrine_model_size_bytes', {}, bytes)
    .set('vitrine_ranker_own', {}, manifest.ranker !== undefined);
}

function setFit(page: Exposition, { why, endedAt, questions, usable, checked }: FitOutcome): void {
  page.set('vitrine_ranker_fit_ended_timestamp_seconds', {}, endedAt / 1_000);
  for (const outcome of fitOutcomeSchema.shape.why.options)
    page.set('vitrine_ranker_fit_outcome', { outcome }, outcome === why);
  page.set('vitrine_ranker_fit_questions', { kind: 'all' }, questions);
  page.set('vitrine_ranker_fit_questions', { kind: 'usable' }, usable);
  if (!checked) return;
  page.set('vitrine_ranker_fit_questions', { kind: 'checked' }, checked.questions);
  const rankers = { before: checked.present, fitted: checked.fitted };
  for (const [ranker, quality] of Object.entries(rankers)) {
    if (!quality) continue;
    page.set('vitrine_ranker_hit_ratio', { ranker }, quality.hr20);
    page.set('vitrine_ranker_reciprocal_rank_ratio', { ranker }, quality.mrr20);
  }
}
