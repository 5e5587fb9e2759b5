import type { Dashboard as GrafanaDashboard } from '@grafana/schema';
import type { Where } from '../../core/alerts/condition.ts';
import { OBJECTIVES } from '../../core/alerts/objectives.ts';
import { selector } from '../../core/alerts/promql.ts';

/** A panel of a dashboard: what it shows, in which unit of Grafana's, and its lines. */
interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly { readonly expression: string; readonly legend: string }[];
}

/** A dashboard of Grafana, by the name of its file. */
interface Dashboard {
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Of the sites that are chosen above: Grafana writes them as one expression. */
const ofSite = (where: Where = {}): Where => ({ site: ['$site'], ...where });
const rate = (expression: string, by: string) => `sum by (${by}) (rate(${expression}[$__rate_interval]))`;
/** Seconds below which so large a part of a histogram's measurements lie. */
const quantile = (part: number, expression: string, by: string) =>
  `histogram_quantile(${part}, sum by (${by}) (rate(${expression}[$__rate_interval])))`;
const line = (expression: string, legend: string) => ({ expression, legend });

const DASHBOARDS: readonly Dashboard[] = [
  {
    name: 'vitrine-overview',
    title: 'Vitrine: overview',
    panels: [
      {
        title: 'Events a second, by what became of them',
        unit: 'cps',
        lines: [line(rate(selector('vitrine_events_total', ofSite()), 'outcome'), '{{outcome}}')],
      },
      {
        title: 'Series that are not as they were',
        unit: 'short',
        lines: [line(selector('vitrine_alarms_open', ofSite()), '{{site}}')],
      },
      {
        title: 'Part of events that was refused or failed',
        unit: 'percentunit',
        lines: [line('vitrine:events_refused:ratio_rate5m{site=~"$site"}', '{{site}}')],
      },
      {
        title: 'Budgets: the part that is not as it should be',
        unit: 'percentunit',
        lines: OBJECTIVES.map(({ name }) => line(`vitrine:${name}:ratio_rate1h{site=~"$site"}`, `{{site}} ${name}`)),
      },
      {
        title: 'Requests a second, by what they were for and how they were answered',
        unit: 'reqps',
        lines: [line(rate(selector('vitrine_requests_total', ofSite()), 'kind, status'), '{{kind}} {{status}}')],
      },
      {
        title: 'From its coming until an event is counted, and is in the lake',
        unit: 's',
        lines: [0.5, 0.99].map((part) =>
          line(
            quantile(part, selector('vitrine_event_delay_seconds', ofSite(), '_bucket'), 'le, stage'),
            `{{stage}} ${part}`,
          ),
        ),
      },
      {
        title: 'To fill a slot',
        unit: 's',
        lines: [0.5, 0.99].map((part) =>
          line(quantile(part, selector('vitrine_read_duration_seconds', ofSite(), '_bucket'), 'le'), `${part}`),
        ),
      },
      {
        title: 'Keys that others can read',
        unit: 'short',
        lines: [line(selector('vitrine_leaked_keys', ofSite()), '{{site}}')],
      },
    ],
  },
  {
    name: 'vitrine-quality',
    title: 'Vitrine: ingest and quality',
    panels: [
      {
        title: 'Accepted events a second, by type',
        unit: 'cps',
        lines: [line(rate(selector('vitrine_accepted_events_total', ofSite()), 'type'), '{{type}}')],
      },
      {
        title: 'Refused events a second, by reason',
        unit: 'cps',
        lines: [line(rate(selector('vitrine_rejected_events_total', ofSite()), 'reason'), '{{reason}}')],
      },
      {
        title: 'Duplicates, conflicts and late ones a second',
        unit: 'cps',
        lines: [
          line(
            rate(
              selector('vitrine_events_total', ofSite({ outcome: ['duplicate', 'conflicting', 'late'] })),
              'outcome',
            ),
            '{{outcome}}',
          ),
        ],
      },
      {
        title: 'Events a second whose numbers are unlike those of others, by type',
        unit: 'cps',
        lines: [line(rate(selector('vitrine_odd_events_total', ofSite()), 'type'), '{{type}}')],
      },
      {
        title: 'Series that are watched',
        unit: 'short',
        lines: [line(selector('vitrine_pulse_series', ofSite()), '{{site}}')],
      },
    ],
  },
  {
    name: 'vitrine-decisions',
    title: 'Vitrine: catalogue and decisions',
    panels: [
      {
        title: 'Slots that were filled a second, by tier',
        unit: 'reqps',
        lines: [line(rate(selector('vitrine_decisions_total', ofSite()), 'tier'), '{{tier}}')],
      },
      {
        title: 'By slot',
        unit: 'reqps',
        lines: [line(rate(selector('vitrine_decisions_total', ofSite()), 'slot'), '{{slot}}')],
      },
      {
        title: 'By reason',
        unit: 'reqps',
        lines: [line(rate(selector('vitrine_decision_reasons_total', ofSite()), 'reason'), '{{reason}}')],
      },
      {
        title: 'Slots that were filled from less, since something was late or away',
        unit: 'reqps',
        lines: [line(rate(selector('vitrine_reads_total', ofSite()), 'outcome'), '{{outcome}}')],
      },
      {
        title: 'Products',
        unit: 'short',
        lines: [line(selector('vitrine_catalog_items', ofSite()), '{{site}} {{kind}}')],
      },
      {
        title: 'Age of the model',
        unit: 's',
        lines: [line(`time() - ${selector('vitrine_model_published_timestamp_seconds', ofSite())}`, '{{site}}')],
      },
      {
        title: 'Sessions and items of the model',
        unit: 'short',
        lines: [
          line(selector('vitrine_model_sessions', ofSite()), '{{site}} sessions'),
          line(selector('vitrine_model_items', ofSite()), '{{site}} items'),
        ],
      },
      {
        title: 'Size of the model',
        unit: 'bytes',
        lines: [line(selector('vitrine_model_size_bytes', ofSite()), '{{site}}')],
      },
      {
        title: 'How widely slots show the catalogue',
        unit: 'percentunit',
        lines: [
          line(selector('vitrine_shown_coverage_ratio', ofSite()), '{{site}} coverage'),
          line(selector('vitrine_shown_gini_ratio', ofSite()), '{{site}} Gini'),
        ],
      },
      {
        title: 'Effective number of products that slots show, and whether it has become narrow',
        unit: 'short',
        lines: [
          line(selector('vitrine_shown_effective_items', ofSite()), '{{site}}'),
          line(`${selector('vitrine_shown_narrowing', ofSite())} == 1`, '{{site}} narrow'),
        ],
      },
      {
        title: 'Held model, own ranker',
        unit: 'bool',
        lines: [
          line(selector('vitrine_model_held', ofSite()), '{{site}} held'),
          line(selector('vitrine_ranker_own', ofSite()), '{{site}} own ranker'),
        ],
      },
      {
        title: 'Quality of the ranker, before and fitted',
        unit: 'percentunit',
        lines: [
          line(selector('vitrine_ranker_hit_ratio', ofSite()), '{{site}} {{ranker}} hits'),
          line(selector('vitrine_ranker_reciprocal_rank_ratio', ofSite()), '{{site}} {{ranker}} reciprocal rank'),
        ],
      },
    ],
  },
  {
    name: 'vitrine-jobs',
    title: 'Vitrine: jobs and feeds',
    panels: [
      {
        title: 'Time since a run of a job went well',
        unit: 's',
        lines: [line(`time() - ${selector('vitrine_job_last_success_timestamp_seconds', ofSite())}`, '{{job}}')],
      },
      {
        title: 'How long the last run of a job took, and those that failed',
        unit: 's',
        lines: [
          line(selector('vitrine_job_last_duration_seconds', ofSite()), '{{job}}'),
          line(`${selector('vitrine_job_failed', ofSite())} == 1`, '{{job}} failed'),
        ],
      },
      {
        title: 'Turns of jobs that failed for the site',
        unit: 'cps',
        lines: [line(rate(selector('vitrine_job_site_failures_total', ofSite()), 'job'), '{{job}}')],
      },
      {
        title: 'Time since stream and lake were held against each other, and whether they differ',
        unit: 's',
        lines: [
          line(`time() - ${selector('vitrine_reconciliation_timestamp_seconds', ofSite())}`, '{{site}}'),
          line(`${selector('vitrine_reconciliation_drift', ofSite())} == 1`, '{{site}} differs'),
        ],
      },
      {
        title: 'Dead letters a second',
        unit: 'cps',
        lines: [line(rate(selector('vitrine_dead_letters_total', ofSite()), 'site'), '{{site}}')],
      },
      {
        title: 'State of product feeds',
        unit: 'short',
        lines: [line(`${selector('vitrine_feed_state', ofSite())} == 1`, '{{site}} {{feed}}: {{state}}')],
      },
      {
        title: 'Time since a feed was fetched',
        unit: 's',
        lines: [line(`time() - ${selector('vitrine_feed_last_run_timestamp_seconds', ofSite())}`, '{{site}} {{feed}}')],
      },
      {
        title: 'What runs',
        unit: 'bool',
        lines: [
          line(selector('vitrine_ranker_fit_running', ofSite()), '{{site}} ranker'),
          line(selector('vitrine_index_build_running', ofSite()), '{{site}} index'),
        ],
      },
      {
        title: 'Time since the last fit, and what came of it',
        unit: 's',
        lines: [
          line(`time() - ${selector('vitrine_ranker_fit_ended_timestamp_seconds', ofSite())}`, '{{site}}'),
          line(`${selector('vitrine_ranker_fit_outcome', ofSite())} == 1`, '{{site}} {{outcome}}'),
        ],
      },
      {
        title: 'Questions of the last fit',
        unit: 'short',
        lines: [line(selector('vitrine_ranker_fit_questions', ofSite()), '{{site}} {{kind}}')],
      },
      {
        title: 'Shards of the index',
        unit: 'short',
        lines: [line(selector('vitrine_index_shards', ofSite()), '{{site}}')],
      },
    ],
  },
];

const WIDTH = 12;
const HEIGHT = 8;
const DATA = { type: 'prometheus', uid: '$datasource' } as const;

/** The dashboards as Grafana imports them, by file name. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    DASHBOARDS.map((dashboard) => [`${dashboard.name}.json`, `${JSON.stringify(modelOf(dashboard), null, 2)}\n`]),
  );
}

/** Every expression of a dashboard. */
export function dashboardExpressions(): string[] {
  return DASHBOARDS.flatMap(({ panels }) => panels.flatMap(({ lines }) => lines.map(({ expression }) => expression)));
}

/** Grafana's JSON model, version 39 of its schema (https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/). */
function modelOf({ name, title, panels }: Dashboard): GrafanaDashboard {
  return {
    uid: name,
    title,
    tags: ['vitrine'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        { name: 'datasource', type: 'datasource', query: 'prometheus', label: 'Data source' },
        {
          name: 'site',
          type: 'query',
          datasource: DATA,
          query: { query: `label_values(${selector('vitrine_events_total')}, site)`, refId: 'sites' },
          refresh: 2,
          multi: true,
          includeAll: true,
          label: 'Site',
        },
      ],
    },
    annotations: { list: [] },
    panels: panels.map(({ title: of, unit, lines }, index) => ({
      id: index + 1,
      type: 'timeseries',
      title: of,
      datasource: DATA,
      gridPos: { h: HEIGHT, w: WIDTH, x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT },
      fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: 'never' } }, overrides: [] },
      options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
      targets: lines.map(({ expression, legend }, at) => ({
        refId: String.fromCharCode(65 + at),
        datasource: DATA,
        expr: expression,
        legendFormat: legend,
      })),
    })),
  };
}
