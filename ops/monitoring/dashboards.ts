import { series } from './expressions.ts';

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

const ofSite = (matchers: Readonly<Record<string, string>> = {}) => ({ site: '=~$site', ...matchers });
const rate = (expression: string, by: string) => `sum by (${by}) (rate(${expression}[$__rate_interval]))`;
const line = (expression: string, legend: string) => ({ expression, legend });

const DASHBOARDS: readonly Dashboard[] = [
  {
    name: 'vitrine-overview',
    title: 'Vitrine: overview',
    panels: [
      {
        title: 'Events a second, by what became of them',
        unit: 'cps',
        lines: [line(rate(series('vitrine_events_total', ofSite()), 'outcome'), '{{outcome}}')],
      },
      {
        title: 'Series that are not as they were',
        unit: 'short',
        lines: [line(series('vitrine_alarms_open', ofSite()), '{{site}}')],
      },
      {
        title: 'Part of events that was refused or failed',
        unit: 'percentunit',
        lines: [line('vitrine:events_refused:ratio_rate5m{site=~"$site"}', '{{site}}')],
      },
      {
        title: 'Keys that others can read',
        unit: 'short',
        lines: [line(series('vitrine_leaked_keys', ofSite()), '{{site}}')],
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
        lines: [line(rate(series('vitrine_accepted_events_total', ofSite()), 'type'), '{{type}}')],
      },
      {
        title: 'Refused events a second, by reason',
        unit: 'cps',
        lines: [line(rate(series('vitrine_rejected_events_total', ofSite()), 'reason'), '{{reason}}')],
      },
      {
        title: 'Duplicates, conflicts and late ones a second',
        unit: 'cps',
        lines: [
          line(
            rate(series('vitrine_events_total', ofSite({ outcome: '=~duplicate|conflicting|late' })), 'outcome'),
            '{{outcome}}',
          ),
        ],
      },
      {
        title: 'Series that are watched',
        unit: 'short',
        lines: [line(series('vitrine_pulse_series', ofSite()), '{{site}}')],
      },
    ],
  },
  {
    name: 'vitrine-decisions',
    title: 'Vitrine: catalogue and decisions',
    panels: [
      {
        title: 'Products',
        unit: 'short',
        lines: [line(series('vitrine_catalog_items', ofSite()), '{{site}} {{kind}}')],
      },
      {
        title: 'Age of the model',
        unit: 's',
        lines: [line(`time() - ${series('vitrine_model_published_timestamp_seconds', ofSite())}`, '{{site}}')],
      },
      {
        title: 'Sessions and items of the model',
        unit: 'short',
        lines: [
          line(series('vitrine_model_sessions', ofSite()), '{{site}} sessions'),
          line(series('vitrine_model_items', ofSite()), '{{site}} items'),
        ],
      },
      {
        title: 'Size of the model',
        unit: 'bytes',
        lines: [line(series('vitrine_model_size_bytes', ofSite()), '{{site}}')],
      },
      {
        title: 'Held model, own ranker',
        unit: 'bool',
        lines: [
          line(series('vitrine_model_held', ofSite()), '{{site}} held'),
          line(series('vitrine_ranker_own', ofSite()), '{{site}} own ranker'),
        ],
      },
      {
        title: 'Quality of the ranker, before and fitted',
        unit: 'percentunit',
        lines: [
          line(series('vitrine_ranker_hit_ratio', ofSite()), '{{site}} {{ranker}} hits'),
          line(series('vitrine_ranker_reciprocal_rank_ratio', ofSite()), '{{site}} {{ranker}} reciprocal rank'),
        ],
      },
    ],
  },
  {
    name: 'vitrine-jobs',
    title: 'Vitrine: jobs and feeds',
    panels: [
      {
        title: 'State of product feeds',
        unit: 'short',
        lines: [line(`${series('vitrine_feed_state', ofSite())} == 1`, '{{site}} {{feed}}: {{state}}')],
      },
      {
        title: 'Time since a feed was fetched',
        unit: 's',
        lines: [line(`time() - ${series('vitrine_feed_last_run_timestamp_seconds', ofSite())}`, '{{site}} {{feed}}')],
      },
      {
        title: 'What runs',
        unit: 'bool',
        lines: [
          line(series('vitrine_ranker_fit_running', ofSite()), '{{site}} ranker'),
          line(series('vitrine_index_build_running', ofSite()), '{{site}} index'),
        ],
      },
      {
        title: 'Time since the last fit, and what came of it',
        unit: 's',
        lines: [
          line(`time() - ${series('vitrine_ranker_fit_ended_timestamp_seconds', ofSite())}`, '{{site}}'),
          line(`${series('vitrine_ranker_fit_outcome', ofSite())} == 1`, '{{site}} {{outcome}}'),
        ],
      },
      {
        title: 'Questions of the last fit',
        unit: 'short',
        lines: [line(series('vitrine_ranker_fit_questions', ofSite()), '{{site}} {{kind}}')],
      },
      {
        title: 'Shards of the index',
        unit: 'short',
        lines: [line(series('vitrine_index_shards', ofSite()), '{{site}}')],
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
function modelOf({ name, title, panels }: Dashboard) {
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
          query: { query: `label_values(${series('vitrine_events_total')}, site)`, refId: 'sites' },
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
