import { series } from './expressions.ts';

/** A rule that calls somebody: now (`page`) or in working hours (`ticket`). */
export interface AlertRule {
  /** In capitals as Prometheus' are, e.g. `VitrineEventsSilent`; its runbook is `docs/runbooks/events-silent.md`. */
  readonly name: string;
  readonly expression: string;
  /** How long it must hold, e.g. `5m`. */
  readonly for: string;
  readonly severity: 'page' | 'ticket';
  readonly summary: string;
  /** A case in which it fires and one in which it is quiet: series of one sample a minute in promtool's notation, and the minute to look at. */
  readonly fires: RuleCase;
  readonly quiet: RuleCase;
}

/** Input of a case by series, and the minute at which the alert does, or does not, stand. */
export interface RuleCase {
  readonly input: Readonly<Record<string, string>>;
  readonly atMinute: number;
}

/** A ratio that several rules look at, over a window. */
export interface RecordingRule {
  readonly record: string;
  readonly expression: string;
}

/** What of all events may be refused or fail: a hundredth. */
const BUDGET = 0.01;
const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
type Window = (typeof WINDOWS)[number];

const refusedRatio = (window: Window) => `vitrine:events_refused:ratio_rate${window}`;

/** The part of events that was refused or failed, by site, over each window of the burn rates. */
export const RECORDING_RULES: readonly RecordingRule[] = WINDOWS.map((window) => ({
  record: refusedRatio(window),
  expression: `sum by (site) (rate(${series('vitrine_events_total', { outcome: '=~rejected|failed' })}[${window}])) / sum by (site) (rate(${series('vitrine_events_total')}[${window}]))`,
}));

/** Burn rates over a long and a short window (Google, The Site Reliability Workbook, chapter 5). */
const burns = (rates: readonly (readonly [rate: number, long: Window, short: Window])[]) =>
  rates
    .map(([rate, long, short]) => {
      const limit = `${Number((rate * BUDGET).toFixed(4))}`;
      return `(${refusedRatio(long)} > ${limit} and ${refusedRatio(short)} > ${limit})`;
    })
    .join(' or ');

const events = (outcome: string) => series('vitrine_events_total', { site: 'shop', outcome });
/** Counters of a shop whose events are all right but so many a minute. */
const refusing = (rejected: number, minutes: number): RuleCase => ({
  input: { [events('accepted')]: `0+1000x${minutes}`, [events('rejected')]: `0+${rejected}x${minutes}` },
  atMinute: minutes,
});
const gauge = (name: string, values: string, atMinute: number): RuleCase => ({ input: { [name]: values }, atMinute });
const DAY_MINUTES = 1_440;

/** All rules, in the order in which they are looked at. */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    name: 'VitrineEventsRefusedFast',
    expression: burns([
      [14.4, '1h', '5m'],
      [6, '6h', '30m'],
    ]),
    for: '2m',
    severity: 'page',
    summary: 'So many events of {{ $labels.site }} are refused that the month’s budget is gone within days.',
    fires: refusing(300, 90),
    quiet: refusing(5, 90),
  },
  {
    name: 'VitrineEventsRefusedSlow',
    expression: burns([
      [3, '1d', '2h'],
      [1, '3d', '6h'],
    ]),
    for: '15m',
    severity: 'ticket',
    summary: 'More than the budget of events of {{ $labels.site }} is refused, for hours.',
    fires: refusing(50, DAY_MINUTES),
    quiet: refusing(3, DAY_MINUTES),
  },
  {
    name: 'VitrineEventsSilent',
    expression: `sum by (site) (rate(${series('vitrine_events_total', { outcome: '=accepted' })}[15m])) == 0 and sum by (site) (rate(${series('vitrine_events_total', { outcome: '=accepted' })}[1h] offset 1d)) > 0`,
    for: '5m',
    severity: 'page',
    summary: 'No event of {{ $labels.site }} is counted any more; a day ago at this time some were.',
    fires: gauge(events('accepted'), `0+100x${DAY_MINUTES} 144000x60`, DAY_MINUTES + 50),
    quiet: gauge(events('accepted'), `0+100x${DAY_MINUTES + 60}`, DAY_MINUTES + 50),
  },
  {
    name: 'VitrineEventsConflicting',
    expression: `sum by (site) (rate(${series('vitrine_events_total', { outcome: '=conflicting' })}[30m])) / sum by (site) (rate(${series('vitrine_events_total')}[30m])) > 0.01`,
    for: '10m',
    severity: 'ticket',
    summary:
      'Events of {{ $labels.site }} come with ids that others have: the first of each counts, the others are lost.',
    fires: { input: { [events('accepted')]: '0+1000x60', [events('conflicting')]: '0+50x60' }, atMinute: 60 },
    quiet: { input: { [events('accepted')]: '0+1000x60', [events('conflicting')]: '0+1x60' }, atMinute: 60 },
  },
  {
    name: 'VitrineAlarmOpen',
    expression: `${series('vitrine_alarms_open')} > 0`,
    for: '2m',
    severity: 'ticket',
    summary:
      '{{ $value }} series of {{ $labels.site }} are not as they were: GET /api/pulse, or Health in the console, names them.',
    fires: gauge(series('vitrine_alarms_open', { site: 'shop' }), '1x30', 15),
    quiet: gauge(series('vitrine_alarms_open', { site: 'shop' }), '0x30', 15),
  },
  {
    name: 'VitrinePulseFull',
    expression: `${series('vitrine_pulse_series')} >= 500`,
    for: '1h',
    severity: 'ticket',
    summary: 'So many types and properties come to {{ $labels.site }} that new ones are watched no more.',
    fires: gauge(series('vitrine_pulse_series', { site: 'shop' }), '500x90', 80),
    quiet: gauge(series('vitrine_pulse_series', { site: 'shop' }), '480x90', 80),
  },
  {
    name: 'VitrineKeyLeaked',
    expression: `${series('vitrine_leaked_keys')} > 0`,
    for: '0m',
    severity: 'page',
    summary: 'A secret key of {{ $labels.site }} stands where others read it, and still works.',
    fires: gauge(series('vitrine_leaked_keys', { site: 'shop' }), '1x30', 15),
    quiet: gauge(series('vitrine_leaked_keys', { site: 'shop' }), '0x30', 15),
  },
  {
    name: 'VitrineScrapeGone',
    expression: 'up{job="vitrine"} == 0',
    for: '5m',
    severity: 'page',
    summary: 'Vitrine does not answer {{ $labels.instance }}/metrics.',
    fires: gauge('up{job="vitrine",instance="v.shop.example"}', '0x30', 15),
    quiet: gauge('up{job="vitrine",instance="v.shop.example"}', '0 0 0 1x30', 15),
  },
  {
    name: 'VitrineModelStale',
    expression: `time() - ${series('vitrine_model_published_timestamp_seconds')} > 86400 and on (site) sum by (site) (rate(${series('vitrine_events_total', { outcome: '=accepted' })}[1h])) > 0`,
    for: '15m',
    severity: 'ticket',
    summary: 'Events of {{ $labels.site }} come, and no model was published for a day.',
    fires: {
      input: {
        [series('vitrine_model_published_timestamp_seconds', { site: 'shop' })]: `0x${DAY_MINUTES + 60}`,
        [events('accepted')]: `0+10x${DAY_MINUTES + 60}`,
      },
      atMinute: DAY_MINUTES + 30,
    },
    quiet: {
      input: {
        [series('vitrine_model_published_timestamp_seconds', { site: 'shop' })]: `0x${DAY_MINUTES + 60}`,
        [events('accepted')]: `5x${DAY_MINUTES + 60}`,
      },
      atMinute: DAY_MINUTES + 30,
    },
  },
  {
    name: 'VitrineModelHeld',
    expression: `${series('vitrine_model_held')} == 1`,
    for: '1d',
    severity: 'ticket',
    summary: 'A rollback has held the model of {{ $labels.site }} for a day: nothing newer is published.',
    fires: gauge(series('vitrine_model_held', { site: 'shop' }), `1x${DAY_MINUTES + 20}`, DAY_MINUTES + 10),
    quiet: gauge(series('vitrine_model_held', { site: 'shop' }), `1x600 0x${DAY_MINUTES}`, DAY_MINUTES + 10),
  },
  {
    name: 'VitrineIndexBuildLong',
    expression: `${series('vitrine_index_build_running')} == 1`,
    for: '6h',
    severity: 'ticket',
    summary: 'The session index of {{ $labels.site }} has been built again for six hours.',
    fires: gauge(series('vitrine_index_build_running', { site: 'shop' }), '1x400', 390),
    quiet: gauge(series('vitrine_index_build_running', { site: 'shop' }), '1x300 0x100', 390),
  },
  {
    name: 'VitrineFeedBroken',
    expression: `${series('vitrine_feed_state', { state: '=~failed|held' })} == 1`,
    for: '30m',
    severity: 'ticket',
    summary: 'The product feed {{ $labels.feed }} of {{ $labels.site }} is {{ $labels.state }}.',
    fires: gauge(series('vitrine_feed_state', { site: 'shop', feed: 'main', state: 'held' }), '1x60', 45),
    quiet: gauge(series('vitrine_feed_state', { site: 'shop', feed: 'main', state: 'held' }), '1x20 0x40', 45),
  },
  {
    name: 'VitrineCatalogEmpty',
    expression: `${series('vitrine_catalog_items', { kind: '=shown' })} == 0 and on (site) ${series('vitrine_catalog_items', { kind: '=all' })} > 0`,
    for: '10m',
    severity: 'page',
    summary: 'No product of {{ $labels.site }} may be shown, though the catalogue has some: every slot is empty.',
    fires: {
      input: {
        [series('vitrine_catalog_items', { site: 'shop', kind: 'shown' })]: '0x30',
        [series('vitrine_catalog_items', { site: 'shop', kind: 'all' })]: '40x30',
      },
      atMinute: 20,
    },
    quiet: {
      input: {
        [series('vitrine_catalog_items', { site: 'shop', kind: 'shown' })]: '0x30',
        [series('vitrine_catalog_items', { site: 'shop', kind: 'all' })]: '0x30',
      },
      atMinute: 20,
    },
  },
];

/** The name of a rule's runbook: `VitrineEventsSilent` has `events-silent`. */
export function runbookOf({ name }: AlertRule): string {
  return name
    .replace(/^Vitrine/, '')
    .replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}
