import type { Counts } from '../pulse/counts.ts';
import { OUTCOMES } from '../pulse/minute.ts';
import { DELAY_BOUNDS_MS, DELAY_STAGES, READ_BOUNDS_MS } from '../pulse/tally-operation.ts';
import type { MetricName } from './catalogue.ts';
import type { Exposition } from './exposition.ts';

/** A count of the pulse as a series of a counter, or as a bucket of a histogram. */
export interface PulseCounter {
  readonly metric: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  /** Upper bound of a bucket, s; infinite for the last. */
  readonly bound?: number;
}

const OUTCOME_NAMES: ReadonlySet<string> = new Set(OUTCOMES);

/** What a count of the pulse is in the catalogue of metrics; nothing for those that are no metric. */
export function counterOf(name: string): PulseCounter | undefined {
  if (OUTCOME_NAMES.has(name)) return { metric: 'vitrine_events_total', labels: { outcome: name } };
  const [kind, first = '', second = ''] = name.split('|');
  switch (kind) {
    case 'type':
      return { metric: 'vitrine_accepted_events_total', labels: { type: first } };
    case 'rejected':
      return { metric: 'vitrine_rejected_events_total', labels: { reason: first } };
    case 'odd':
      return { metric: 'vitrine_odd_events_total', labels: { type: first } };
    case 'request':
      return { metric: 'vitrine_requests_total', labels: { kind: first, status: second } };
    case 'decision':
      return { metric: 'vitrine_decisions_total', labels: { slot: first, tier: second } };
    case 'why':
      return { metric: 'vitrine_decision_reasons_total', labels: { reason: first } };
    case 'read':
      return { metric: 'vitrine_reads_total', labels: { outcome: first } };
    case 'job_failed':
      return { metric: 'vitrine_job_site_failures_total', labels: { job: first } };
    case 'dead_letter':
      return { metric: 'vitrine_dead_letters_total', labels: {} };
    case 'delay':
      return { metric: 'vitrine_event_delay_seconds', labels: { stage: first }, bound: secondsOf(second) };
    case 'took':
      return { metric: 'vitrine_read_duration_seconds', labels: {}, bound: secondsOf(first) };
    default:
      return undefined;
  }
}

/** Sets the counters of a site from its sums. What has a fixed set of names is there from the beginning, so that its first increase is seen. */
export function setCounters(page: Exposition, totals: Readonly<Counts>): void {
  const fixed = ['read|whole', 'read|degraded', 'request|accept|2xx', 'request|accept|5xx', 'dead_letter', ...OUTCOMES];
  for (const name of new Set([...fixed, ...Object.keys(totals)])) {
    const counter = counterOf(name);
    if (counter && counter.bound === undefined) page.set(counter.metric, counter.labels as never, totals[name] ?? 0);
  }
  for (const stage of DELAY_STAGES)
    page.histogram(
      'vitrine_event_delay_seconds',
      { stage },
      DELAY_BOUNDS_MS.map(secondsOf),
      bucketsOf(totals, `delay|${stage}|`, DELAY_BOUNDS_MS),
      secondsOf(totals[`delay_ms|${stage}`] ?? 0),
    );
  page.histogram(
    'vitrine_read_duration_seconds',
    {},
    READ_BOUNDS_MS.map(secondsOf),
    bucketsOf(totals, 'took|', READ_BOUNDS_MS),
    secondsOf(totals.took_ms ?? 0),
  );
}

function bucketsOf(totals: Readonly<Counts>, prefix: string, bounds: readonly number[]): number[] {
  return [...bounds, 'inf'].map((bound) => totals[`${prefix}${bound}`] ?? 0);
}

function secondsOf(ms: number | string): number {
  return ms === 'inf' ? Number.POSITIVE_INFINITY : Number(ms) / 1_000;
}
