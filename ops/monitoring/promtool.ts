import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { METRICS, type MetricName } from '../../core/metrics/catalogue.ts';
import { Exposition } from '../../core/metrics/exposition.ts';
import { dashboardExpressions } from './dashboards.ts';

/** Whether Prometheus' tool is there; Debian's package is `prometheus`. */
export function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).status === 0;
}

/** What promtool says of the rules, their cases, the catalogue's exposition, and the dashboards' expressions; nothing where all is right. */
export function promtoolFaults(rulesFile: string, testsFile: string): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-promtool-'));
  try {
    const panels = path.join(folder, 'panels.yml');
    const rules = dashboardExpressions().map((expression, index) => ({
      record: `panel:${index}`,
      expr: expression.replaceAll('$__rate_interval', '5m').replaceAll('$site', '.*'),
    }));
    writeFileSync(panels, stringify({ groups: [{ name: 'panels', rules }] }));
    return [
      ...run(['check', 'rules', rulesFile]),
      ...run(['test', 'rules', testsFile]),
      ...run(['check', 'rules', panels]),
      ...run(['check', 'metrics'], sampleExposition()),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A page with one series of every metric. */
function sampleExposition(): string {
  const page = new Exposition('shop');
  for (const name of Object.keys(METRICS) as MetricName[]) {
    const labels = Object.fromEntries(METRICS[name].labels.map((label) => [label, 'some']));
    if (METRICS[name].type === 'histogram') page.histogram(name, labels as never, [1, 2], [1, 0, 1], 3.5);
    else page.set(name, labels as never, 1);
  }
  return page.text();
}

function run(args: readonly string[], input?: string): string[] {
  const done = spawnSync('promtool', args, { encoding: 'utf8', ...(input !== undefined && { input }) });
  if (done.status === 0 && !(args[1] === 'metrics' && done.stderr !== '')) return [];
  return [`promtool ${args.slice(0, 2).join(' ')}:`, ...`${done.stdout}${done.stderr}`.trim().split('\n')];
}
