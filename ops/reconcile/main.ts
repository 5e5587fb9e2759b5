/** `npm run reconcile [-- --json]`: see the usage. */
import { z } from 'zod';
import { type Report, reportSchema } from '../../core/reconciliation/report.ts';
import { call } from '../lake/lake-api.ts';
import { readOptions } from '../read-options.ts';

const USAGE = `usage: npm run reconcile [-- options]
  holds what the stream counted against what the lake holds, event by event; exits with 1 when they drift
  --url URL  Vitrine (default http://localhost:8787)
  --key KEY  secret key of the site (default sk_demo_local)
  --json     the report as one JSON object`;
/** Ids of a list that are printed for people. */
const SHOWN = 5;

const options = readOptions(
  z.object({
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    json: z.boolean().default(false),
  }),
  USAGE,
);

try {
  const report = await reconciled();
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : format(report));
  if (report.verdict !== 'ok') process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function reconciled(): Promise<Report> {
  for (;;) {
    const response = await call(options, '/api/reconciliation', { method: 'POST' });
    if (response.status === 200) return reportSchema.parse(await response.json());
  }
}

function format(report: Report): string {
  const { compared, window, profiles, standings = { compared: 0, differing: [] } } = report;
  const lines = [
    `${report.site}: ${report.verdict}`,
    `  ${compared.cells} cells from ${window.from} to ${window.to}: ${compared.counted} counted, ${compared.lake} in the lake, ${report.excused} under way or erased`,
    `  ${profiles.compared} profiles made again from the lake, ${profiles.differing.length} differ`,
    `  ${standings.compared} people’s standings in experiments made again, ${standings.differing.length} differ`,
    ...report.drift.map(
      ({ hour, type, counted, lake, missing, unexpected, unexplained }) =>
        `  drift ${hour} ${type}: ${counted} counted, ${lake} in the lake; missing ${some(missing.ids)}; unexpected ${some(unexpected.ids)}; unexplained ${unexplained}`,
    ),
    ...report.altered.map(({ hour, ids }) => `  altered ${hour}: ${some(ids)}`),
    ...report.duplicated.map(({ hour, ids }) => `  twice in the raw lake, counted once ${hour}: ${some(ids)}`),
    ...report.objects.flatMap(({ key, fault, hours }) => [
      `  ${fault} ${key}`,
      ...hours.map(({ hour, ids }) => `    ${hour}: ${some(ids)}`),
    ]),
    ...profiles.differing.map(({ ledger, events }) => `  profile ${ledger} is not what its ${events} events make`),
    ...standings.differing.map(({ ledger, experiment }) => `  ${ledger} stands otherwise in experiment ${experiment}`),
  ];
  return `${lines.join('\n')}\n`;
}

function some(ids: readonly string[]): string {
  if (ids.length === 0) return 'none';
  return ids.length > SHOWN ? `${ids.slice(0, SHOWN).join(' ')} … (${ids.length})` : ids.join(' ');
}
