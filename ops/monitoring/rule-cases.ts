import { selector } from '../../core/alerts/promql.ts';
import type { MetricName } from '../../core/metrics/catalogue.ts';

/** Input of a case by series, one sample a minute in promtool's notation, and the minute at which the alert does, or does not, stand. */
export interface RuleCase {
  readonly input: Readonly<Record<string, string>>;
  readonly atMinute: number;
}

/** A case in which a rule fires and one in which it is quiet. */
export interface RuleCases {
  readonly fires: RuleCase;
  readonly quiet: RuleCase;
}

const DAY_MINUTES = 1_440;
const named = (metric: MetricName, labels: Record<string, string> = {}) =>
  selector(metric, { site: 'shop', ...labels });
const events = (outcome: string) => named('vitrine_events_total', { outcome });
const gauge = (metric: MetricName, labels: Record<string, string>, values: string, atMinute: number): RuleCase => ({
  input: { [named(metric, labels)]: values },
  atMinute,
});

/** Counters of which so many a minute are bad and the others are not. */
const parts = (bad: string, good: string, by: number, minutes: number): RuleCase => ({
  input: { [good]: `0+1000x${minutes}`, [bad]: `0+${by}x${minutes}` },
  atMinute: minutes,
});
/** An hour in which all was well, and then nothing is; somebody must be called within five minutes. */
const outage = (bad: string, good: string): RuleCase => ({
  input: { [good]: '0+1000x60 60000x30', [bad]: '0x59 0+1000x31' },
  atMinute: 65,
});
const refused = (by: number, minutes: number) => parts(events('rejected'), events('accepted'), by, minutes);
const request = (status: string) => named('vitrine_requests_total', { kind: 'accept', status });
const failed = (by: number, minutes: number) => parts(request('5xx'), request('2xx'), by, minutes);
const read = (outcome: string) => named('vitrine_reads_total', { outcome });
const degraded = (by: number, minutes: number) => parts(read('degraded'), read('whole'), by, minutes);

/** A thousand events a minute of which so many took longer than a bound, s. */
const late = (stage: string, bound: number, by: number, minutes: number): RuleCase => {
  const metric = 'vitrine_event_delay_seconds';
  const labels = { site: 'shop', stage };
  return {
    input: {
      [selector(metric, { ...labels, le: `${bound}` }, '_bucket')]: `0+${1_000 - by}x${minutes}`,
      [selector(metric, { ...labels, le: '+Inf' }, '_bucket')]: `0+1000x${minutes}`,
      [selector(metric, labels, '_count')]: `0+1000x${minutes}`,
    },
    atMinute: minutes,
  };
};

/** A time that was said at the beginning, and is said again, or not. */
const ageing = (metric: MetricName, labels: Record<string, string>, minutes: number, stepSeconds: number): RuleCase =>
  gauge(metric, labels, `0+${stepSeconds}x${minutes}`, minutes - 10);

/** The cases of all rules, by their names. What burns fast is quiet at a rate at which the slow one would fire. */
export const RULE_CASES: Readonly<Record<string, RuleCases>> = {
  VitrineEventsRefusedFast: { fires: refused(300, 90), quiet: refused(50, 90) },
  VitrineEventsRefusedSlow: { fires: refused(50, DAY_MINUTES), quiet: refused(3, DAY_MINUTES) },
  VitrineAcceptFailedFast: { fires: outage(request('5xx'), request('2xx')), quiet: failed(5, 90) },
  VitrineAcceptFailedSlow: { fires: failed(5, DAY_MINUTES), quiet: failed(0, DAY_MINUTES) },
  VitrineReadsDegradedFast: { fires: degraded(300, 90), quiet: degraded(50, 90) },
  VitrineReadsDegradedSlow: { fires: degraded(50, DAY_MINUTES), quiet: degraded(3, DAY_MINUTES) },
  VitrineEventsStaleFast: { fires: late('applied', 10, 300, 90), quiet: late('applied', 10, 50, 90) },
  VitrineEventsStaleSlow: { fires: late('applied', 10, 50, DAY_MINUTES), quiet: late('applied', 10, 3, DAY_MINUTES) },
  VitrineLakeBehindFast: { fires: late('recorded', 60, 300, 90), quiet: late('recorded', 60, 50, 90) },
  VitrineLakeBehindSlow: { fires: late('recorded', 60, 50, DAY_MINUTES), quiet: late('recorded', 60, 3, DAY_MINUTES) },
  VitrineEventsSilent: {
    fires: gauge('vitrine_events_total', { outcome: 'accepted' }, `0+100x${DAY_MINUTES} 144000x60`, DAY_MINUTES + 50),
    quiet: gauge('vitrine_events_total', { outcome: 'accepted' }, `0+100x${DAY_MINUTES + 60}`, DAY_MINUTES + 50),
  },
  VitrineEventsConflicting: {
    fires: parts(events('conflicting'), events('accepted'), 50, 60),
    quiet: parts(events('conflicting'), events('accepted'), 1, 60),
  },
  VitrineDeadLetters: {
    fires: gauge('vitrine_dead_letters_total', {}, '0x30 1x30', 50),
    quiet: gauge('vitrine_dead_letters_total', {}, '1x90', 80),
  },
  VitrineReconciliationDrift: {
    fires: gauge('vitrine_reconciliation_drift', {}, '1x30', 15),
    quiet: gauge('vitrine_reconciliation_drift', {}, '0x30', 15),
  },
  VitrineReconciliationStale: {
    fires: ageing('vitrine_reconciliation_timestamp_seconds', {}, DAY_MINUTES + 60, 0),
    quiet: ageing('vitrine_reconciliation_timestamp_seconds', {}, DAY_MINUTES + 60, 50),
  },
  VitrineAlarmOpen: {
    fires: gauge('vitrine_alarms_open', {}, '1x30', 15),
    quiet: gauge('vitrine_alarms_open', {}, '0x30', 15),
  },
  VitrinePulseFull: {
    fires: gauge('vitrine_pulse_series', {}, '500x90', 80),
    quiet: gauge('vitrine_pulse_series', {}, '480x90', 80),
  },
  VitrineKeyLeaked: {
    fires: gauge('vitrine_leaked_keys', {}, '1x30', 15),
    quiet: gauge('vitrine_leaked_keys', {}, '0x30', 15),
  },
  VitrineScrapeGone: {
    fires: { input: { 'up{job="vitrine",instance="v.shop.example"}': '0x30' }, atMinute: 15 },
    quiet: { input: { 'up{job="vitrine",instance="v.shop.example"}': '0 0 0 1x30' }, atMinute: 15 },
  },
  VitrineJobStale: {
    fires: ageing('vitrine_job_last_success_timestamp_seconds', { job: 'publish' }, 60, 0),
    quiet: ageing('vitrine_job_last_success_timestamp_seconds', { job: 'publish' }, 60, 60),
  },
  VitrineHourlyJobStale: {
    fires: ageing('vitrine_job_last_success_timestamp_seconds', { job: 'reconcile' }, 240, 0),
    quiet: ageing('vitrine_job_last_success_timestamp_seconds', { job: 'reconcile' }, 240, 60),
  },
  VitrineModelStale: {
    fires: {
      input: {
        [named('vitrine_model_published_timestamp_seconds')]: `0x${DAY_MINUTES + 60}`,
        [events('accepted')]: `0+10x${DAY_MINUTES + 60}`,
      },
      atMinute: DAY_MINUTES + 30,
    },
    quiet: {
      input: {
        [named('vitrine_model_published_timestamp_seconds')]: `0x${DAY_MINUTES + 60}`,
        [events('accepted')]: `5x${DAY_MINUTES + 60}`,
      },
      atMinute: DAY_MINUTES + 30,
    },
  },
  VitrineExposureNarrow: {
    fires: gauge('vitrine_shown_narrowing', {}, '0x10 1x100', 75),
    quiet: gauge('vitrine_shown_narrowing', {}, '0x10 1x30 0x60', 75),
  },
  VitrineModelHeld: {
    fires: gauge('vitrine_model_held', {}, `1x${DAY_MINUTES + 20}`, DAY_MINUTES + 10),
    quiet: gauge('vitrine_model_held', {}, `1x600 0x${DAY_MINUTES}`, DAY_MINUTES + 10),
  },
  VitrineIndexBuildLong: {
    fires: gauge('vitrine_index_build_running', {}, '1x400', 390),
    quiet: gauge('vitrine_index_build_running', {}, '1x300 0x100', 390),
  },
  VitrineFeedBroken: {
    fires: gauge('vitrine_feed_state', { feed: 'main', state: 'held' }, '1x60', 45),
    quiet: gauge('vitrine_feed_state', { feed: 'main', state: 'held' }, '1x20 0x40', 45),
  },
  VitrineCatalogEmpty: {
    fires: {
      input: {
        [named('vitrine_catalog_items', { kind: 'shown' })]: '0x30',
        [named('vitrine_catalog_items', { kind: 'all' })]: '40x30',
      },
      atMinute: 20,
    },
    quiet: {
      input: {
        [named('vitrine_catalog_items', { kind: 'shown' })]: '0x30',
        [named('vitrine_catalog_items', { kind: 'all' })]: '0x30',
      },
      atMinute: 20,
    },
  },
};
