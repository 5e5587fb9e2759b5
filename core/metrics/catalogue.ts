/** What a metric is: its Prometheus type, what it means, and the labels of its series beside `site`. */
interface MetricDefinition {
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * Every metric that there is, by name: `vitrine_` and base units, as https://prometheus.io/docs/practices/naming/ asks. Nothing is exposed that is
 * not named here.
 */
export const METRICS = {
  vitrine_catalog_items: {
    type: 'gauge',
    help: 'Products of the catalogue: all, and those of them that may be shown.',
    labels: ['kind'],
  },
  vitrine_events_total: {
    type: 'counter',
    help: 'Events by what became of them: accepted by their profiles, rejected at the door, duplicate, conflicting, late, failed.',
    labels: ['outcome'],
  },
  vitrine_accepted_events_total: { type: 'counter', help: 'Accepted events by their type.', labels: ['type'] },
  vitrine_rejected_events_total: {
    type: 'counter',
    help: 'Events that were rejected at the door, by the reason.',
    labels: ['reason'],
  },
  vitrine_odd_events_total: {
    type: 'counter',
    help: 'Accepted events whose numbers are unlike those of others of their type.',
    labels: ['type'],
  },
  vitrine_dead_letters_total: {
    type: 'counter',
    help: 'Messages that no delivery could bring in: they are kept, and can be sent again.',
    labels: [],
  },
  vitrine_event_delay_seconds: {
    type: 'histogram',
    help: 'How long events were under way since they came: until the consumer had them (queued), their profile had counted them (applied), the lake had them (recorded).',
    labels: ['stage'],
  },
  vitrine_requests_total: {
    type: 'counter',
    help: 'Requests whose key was known, by what they were for (accept events, read what is shown, the private api) and the class of their answer.',
    labels: ['kind', 'status'],
  },
  vitrine_decisions_total: {
    type: 'counter',
    help: 'Slots that were filled, by slot and by the tier that they were filled from.',
    labels: ['slot', 'tier'],
  },
  vitrine_decision_reasons_total: {
    type: 'counter',
    help: 'Slots that were filled, by the reason of their tier.',
    labels: ['reason'],
  },
  vitrine_reads_total: {
    type: 'counter',
    help: 'Slots that were filled: whole, or degraded since something was late or away.',
    labels: ['outcome'],
  },
  vitrine_read_duration_seconds: { type: 'histogram', help: 'How long it took to fill a slot.', labels: [] },
  vitrine_job_failed: {
    type: 'gauge',
    help: 'Whether the last run of a job failed: 1 or 0. Jobs run for all sites.',
    labels: ['job'],
  },
  vitrine_job_last_duration_seconds: { type: 'gauge', help: 'How long the last run of a job took.', labels: ['job'] },
  vitrine_job_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a run of a job last went well, seconds since 1970.',
    labels: ['job'],
  },
  vitrine_job_site_failures_total: {
    type: 'counter',
    help: 'Turns of a job that failed for this site.',
    labels: ['job'],
  },
  vitrine_reconciliation_drift: {
    type: 'gauge',
    help: 'Whether the last reconciliation found that stream and lake do not agree: 1 or 0.',
    labels: [],
  },
  vitrine_reconciliation_timestamp_seconds: {
    type: 'gauge',
    help: 'When stream and lake were last reconciled, seconds since 1970.',
    labels: [],
  },
  vitrine_alarms_open: { type: 'gauge', help: 'Series that are not as they were, as long as that lasts.', labels: [] },
  vitrine_pulse_series: { type: 'gauge', help: 'Series that the pulse of the site watches, 500 at most.', labels: [] },
  vitrine_leaked_keys: {
    type: 'gauge',
    help: 'Secret keys that are known to stand in an address or a page, and still work.',
    labels: [],
  },
  vitrine_feed_last_run_timestamp_seconds: {
    type: 'gauge',
    help: 'When a product feed was fetched last, seconds since 1970.',
    labels: ['feed'],
  },
  vitrine_feed_state: {
    type: 'gauge',
    help: 'What came of the last run of a product feed: 1 for the state that it ended in, 0 for the others.',
    labels: ['feed', 'state'],
  },
  vitrine_model_published_timestamp_seconds: {
    type: 'gauge',
    help: 'When the model that serves was published, seconds since 1970.',
    labels: [],
  },
  vitrine_model_held: {
    type: 'gauge',
    help: 'Whether a rollback holds the model, so that nothing newer is published: 1 or 0.',
    labels: [],
  },
  vitrine_model_sessions: { type: 'gauge', help: 'Sessions in the model that serves.', labels: [] },
  vitrine_model_items: { type: 'gauge', help: 'Items that sessions of the model hold.', labels: [] },
  vitrine_model_size_bytes: { type: 'gauge', help: 'Bytes of the blocks of the model.', labels: [] },
  vitrine_shown_coverage_ratio: {
    type: 'gauge',
    help: 'Share of the catalogue that slots have shown on the last day that is counted.',
    labels: [],
  },
  vitrine_shown_gini_ratio: {
    type: 'gauge',
    help: 'Gini coefficient of how often slots have shown each product of the catalogue on that day: 0 all as often, 1 one alone.',
    labels: [],
  },
  vitrine_shown_effective_items: {
    type: 'gauge',
    help: 'Products that would be as varied as what slots have shown on that day if all were shown as often.',
    labels: [],
  },
  vitrine_shown_narrowing: {
    type: 'gauge',
    help: 'Whether what slots show has become less than half as varied as it was (1) or not (0).',
    labels: [],
  },
  vitrine_ranker_own: {
    type: 'gauge',
    help: 'Whether the ranker that serves was fitted on the own log of the site (1) or is the one that is shipped (0).',
    labels: [],
  },
  vitrine_ranker_fit_running: { type: 'gauge', help: 'Whether a ranker is being fitted: 1 or 0.', labels: [] },
  vitrine_ranker_fit_ended_timestamp_seconds: {
    type: 'gauge',
    help: 'When the last fit of a ranker ended, seconds since 1970.',
    labels: [],
  },
  vitrine_ranker_fit_outcome: {
    type: 'gauge',
    help: 'What came of the last fit: 1 for the outcome that it had, 0 for the others.',
    labels: ['outcome'],
  },
  vitrine_ranker_fit_questions: {
    type: 'gauge',
    help: 'Questions of the last fit: all, those it could learn from, and those that were kept apart.',
    labels: ['kind'],
  },
  vitrine_ranker_hit_ratio: {
    type: 'gauge',
    help: 'Hit rate at 20 on the questions that were kept apart, of the ranker before and of the one that was fitted.',
    labels: ['ranker'],
  },
  vitrine_ranker_reciprocal_rank_ratio: {
    type: 'gauge',
    help: 'Mean reciprocal rank at 20 on the questions that were kept apart, of the ranker before and of the one that was fitted.',
    labels: ['ranker'],
  },
  vitrine_index_shards: { type: 'gauge', help: 'Shards of the session index that serves.', labels: [] },
  vitrine_index_build_running: {
    type: 'gauge',
    help: 'Whether the session index is being built again from the lake: 1 or 0.',
    labels: [],
  },
} as const satisfies Record<string, MetricDefinition>;

/** The name of a metric. */
export type MetricName = keyof typeof METRICS;

/** The labels of a metric's series, beside `site`. */
export type LabelsOf<Name extends MetricName> = {
  readonly [Label in (typeof METRICS)[Name]['labels'][number]]: string;
};
