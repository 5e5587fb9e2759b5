import { age, all, type Condition, gauge, is, rate, ratio } from './condition.ts';
import { burnsFast, burnsSlowly } from './objectives.ts';

/** A rule that calls somebody: now (`page`) or in working hours (`ticket`). */
export interface AlertRule {
  /** In capitals as Prometheus' are, e.g. `VitrineEventsSilent`; its runbook is `docs/runbooks/events-silent.md`. */
  readonly name: string;
  readonly when: Condition;
  /** How long it must hold, e.g. `5m`. */
  readonly for: string;
  readonly severity: 'page' | 'ticket';
  /** With `{{ $labels.NAME }}` and `{{ $value }}`. */
  readonly summary: string;
}

const EVENTS = 'vitrine_events_total';
const ACCEPTED = { outcome: 'accepted' };
const DAY_SECONDS = 86_400;
/** Jobs that run each minute: half an hour without a run that went well is long. */
const EACH_MINUTE = ['backfill', 'compact', 'erase', 'fit', 'index', 'pair', 'publish', 'watch'];
const EACH_HOUR = [
  'allocate',
  'exposure',
  'outliers',
  'reconcile',
  'sweep-failed',
  'sweep-lake',
  'sweep-rows',
  'trend',
];

/** All rules, in the order in which they are looked at. */
export const ALERT_RULES: readonly AlertRule[] = [
  {
    name: 'VitrineEventsRefusedFast',
    when: burnsFast('events_refused'),
    for: '2m',
    severity: 'page',
    summary: 'So many events of {{ $labels.site }} are refused that the month’s budget is gone within days.',
  },
  {
    name: 'VitrineEventsRefusedSlow',
    when: burnsSlowly('events_refused'),
    for: '15m',
    severity: 'ticket',
    summary: 'More than the budget of events of {{ $labels.site }} is refused, for hours.',
  },
  {
    name: 'VitrineAcceptFailedFast',
    when: burnsFast('accept_failed'),
    for: '2m',
    severity: 'page',
    summary:
      'Requests that bring events of {{ $labels.site }} are answered with errors of ours: their clients keep them, for a while.',
  },
  {
    name: 'VitrineAcceptFailedSlow',
    when: burnsSlowly('accept_failed'),
    for: '15m',
    severity: 'ticket',
    summary: 'Some requests that bring events of {{ $labels.site }} are answered with errors of ours, for hours.',
  },
  {
    name: 'VitrineReadsDegradedFast',
    when: burnsFast('reads_degraded'),
    for: '2m',
    severity: 'page',
    summary:
      'Slots of {{ $labels.site }} are filled from a lower tier, since profiles, rules or the catalogue are late or away.',
  },
  {
    name: 'VitrineReadsDegradedSlow',
    when: burnsSlowly('reads_degraded'),
    for: '15m',
    severity: 'ticket',
    summary: 'More slots of {{ $labels.site }} than may be are filled from a lower tier, for hours.',
  },
  {
    name: 'VitrineEventsStaleFast',
    when: burnsFast('events_stale'),
    for: '2m',
    severity: 'page',
    summary: 'Events of {{ $labels.site }} reach their profiles later than ten seconds after they came.',
  },
  {
    name: 'VitrineEventsStaleSlow',
    when: burnsSlowly('events_stale'),
    for: '15m',
    severity: 'ticket',
    summary: 'More events of {{ $labels.site }} than may be reach their profiles late, for hours.',
  },
  {
    name: 'VitrineLakeBehindFast',
    when: burnsFast('lake_behind'),
    for: '5m',
    severity: 'ticket',
    summary: 'Events of {{ $labels.site }} reach the lake later than a minute after they came.',
  },
  {
    name: 'VitrineLakeBehindSlow',
    when: burnsSlowly('lake_behind'),
    for: '30m',
    severity: 'ticket',
    summary: 'More events of {{ $labels.site }} than may be reach the lake late, for hours.',
  },
  {
    name: 'VitrineEventsSilent',
    when: all(is(rate(EVENTS, ACCEPTED, '15m'), '==', 0), is(rate(EVENTS, ACCEPTED, '1h', '1d'), '>', 0)),
    for: '5m',
    severity: 'page',
    summary: 'No event of {{ $labels.site }} is counted any more; a day ago at this time some were.',
  },
  {
    name: 'VitrineEventsConflicting',
    when: is(ratio(rate(EVENTS, { outcome: 'conflicting' }, '30m'), rate(EVENTS, {}, '30m')), '>', 0.01),
    for: '10m',
    severity: 'ticket',
    summary:
      'Events of {{ $labels.site }} come with ids that others have: the first of each counts, the others are lost.',
  },
  {
    name: 'VitrineDeadLetters',
    when: is(rate('vitrine_dead_letters_total', {}, '1h'), '>', 0),
    for: '0m',
    severity: 'page',
    summary: 'Messages of {{ $labels.site }} could not be brought in by any delivery: they are kept, and not counted.',
  },
  {
    name: 'VitrineReconciliationDrift',
    when: is(gauge('vitrine_reconciliation_drift'), '==', 1),
    for: '0m',
    severity: 'ticket',
    summary: 'What the stream of {{ $labels.site }} counted and what its lake holds are not the same.',
  },
  {
    name: 'VitrineReconciliationStale',
    when: is(age('vitrine_reconciliation_timestamp_seconds'), '>', DAY_SECONDS),
    for: '15m',
    severity: 'ticket',
    summary: 'Stream and lake of {{ $labels.site }} have not been held against each other for a day.',
  },
  {
    name: 'VitrineAlarmOpen',
    when: is(gauge('vitrine_alarms_open'), '>', 0),
    for: '2m',
    severity: 'ticket',
    summary:
      '{{ $value }} series of {{ $labels.site }} are not as they were: GET /api/pulse, or Health in the console, names them.',
  },
  {
    name: 'VitrinePulseFull',
    when: is(gauge('vitrine_pulse_series'), '>=', 500),
    for: '1h',
    severity: 'ticket',
    summary: 'So many types and properties come to {{ $labels.site }} that new ones are watched no more.',
  },
  {
    name: 'VitrineKeyLeaked',
    when: is(gauge('vitrine_leaked_keys'), '>', 0),
    for: '0m',
    severity: 'page',
    summary: 'A secret key of {{ $labels.site }} stands where others read it, and still works.',
  },
  {
    name: 'VitrineJobStale',
    when: is(age('vitrine_job_last_success_timestamp_seconds', { job: EACH_MINUTE }), '>', 1_800),
    for: '5m',
    severity: 'page',
    summary: 'The job {{ $labels.job }}, which runs each minute, has not ended well for half an hour.',
  },
  {
    name: 'VitrineHourlyJobStale',
    when: is(age('vitrine_job_last_success_timestamp_seconds', { job: EACH_HOUR }), '>', 10_800),
    for: '15m',
    severity: 'ticket',
    summary: 'The job {{ $labels.job }}, which runs each hour, has not ended well for three.',
  },
  {
    name: 'VitrineModelStale',
    when: all(
      is(age('vitrine_model_published_timestamp_seconds'), '>', DAY_SECONDS),
      is(rate(EVENTS, ACCEPTED, '1h'), '>', 0),
    ),
    for: '15m',
    severity: 'ticket',
    summary: 'Events of {{ $labels.site }} come, and no model was published for a day.',
  },
  {
    name: 'VitrineExposureNarrow',
    when: is(gauge('vitrine_shown_narrowing'), '==', 1),
    for: '1h',
    severity: 'ticket',
    summary:
      'The slots of {{ $labels.site }} show less than half as varied products as they did: what is shown is learned from, and shown more.',
  },
  {
    name: 'VitrineModelHeld',
    when: is(gauge('vitrine_model_held'), '==', 1),
    for: '1d',
    severity: 'ticket',
    summary: 'A rollback has held the model of {{ $labels.site }} for a day: nothing newer is published.',
  },
  {
    name: 'VitrineIndexBuildLong',
    when: is(gauge('vitrine_index_build_running'), '==', 1),
    for: '6h',
    severity: 'ticket',
    summary: 'The session index of {{ $labels.site }} has been built again for six hours.',
  },
  {
    name: 'VitrineFeedBroken',
    when: is(gauge('vitrine_feed_state', { state: ['failed', 'held'] }), '==', 1),
    for: '30m',
    severity: 'ticket',
    summary: 'The product feed {{ $labels.feed }} of {{ $labels.site }} is {{ $labels.state }}.',
  },
  {
    name: 'VitrineCatalogEmpty',
    when: all(
      is(gauge('vitrine_catalog_items', { kind: 'shown' }), '==', 0),
      is(gauge('vitrine_catalog_items', { kind: 'all' }), '>', 0),
    ),
    for: '10m',
    severity: 'page',
    summary: 'No product of {{ $labels.site }} may be shown, though the catalogue has some: every slot is empty.',
  },
];

/** The name of a rule's runbook: `VitrineEventsSilent` has `events-silent`. */
export function runbookOf({ name }: Pick<AlertRule, 'name'>): string {
  return name
    .replace(/^Vitrine/, '')
    .replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase();
}

/** What a rule says of a match. */
export function summaryOf({ summary }: AlertRule, labels: Readonly<Record<string, string>>, value: number): string {
  return summary
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => labels[name] ?? '')
    .replaceAll('{{ $value }}', `${Number(value.toPrecision(4))}`);
}
