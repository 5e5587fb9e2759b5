/** `npm run ops:check`: rules and dashboards, made from the catalogue of metrics, and held against it and against Prometheus' own tool; see the usage. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { nameFaults } from './check-names.ts';
import { dashboardFiles } from './dashboards.ts';
import { PROMETHEUS_RULES } from './prometheus-rules.ts';
import { hasPromtool, promtoolFaults } from './promtool.ts';
import { rulesFile, ruleTestsFile } from './rule-files.ts';

const USAGE = `usage: npm run ops:check [-- --write]
  Holds what operators load (ops/monitoring/made: rules for Prometheus, dashboards for Grafana) against the catalogue of metrics, the runbooks, and
  promtool, which Debian's package prometheus brings: rules, a firing and a quiet case of each alert, names and help of the metrics
  --write   makes the files anew`;

const MADE = 'ops/monitoring/made';
const RULES = 'vitrine.rules.yml';
const TESTS = 'vitrine.rules.test.yml';

const options = readOptions(z.object({ write: z.boolean().default(false) }), USAGE);

const files = new Map([
  [path.join(MADE, 'prometheus', RULES), rulesFile()],
  [path.join(MADE, 'prometheus', TESTS), ruleTestsFile(RULES)],
  ...[...dashboardFiles()].map(([name, text]) => [path.join(MADE, 'grafana', name), text] as const),
]);
if (options.write)
  for (const [file, text] of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

const faults = [
  ...[...files]
    .filter(([file, text]) => read(file) !== text)
    .map(([file]) => `${file}: is not as the code makes it; npm run ops:check -- --write`),
  ...nameFaults('docs/runbooks'),
  ...(hasPromtool()
    ? promtoolFaults(path.join(MADE, 'prometheus', RULES), path.join(MADE, 'prometheus', TESTS))
    : ['promtool is not there: install Debian’s package prometheus']),
];
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(
  faults.length === 0
    ? `${PROMETHEUS_RULES.length} alerts, ${2 * PROMETHEUS_RULES.length} cases, ${dashboardFiles().size} dashboards: all right\n`
    : '',
);
process.exitCode = faults.length === 0 ? 0 : 1;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
