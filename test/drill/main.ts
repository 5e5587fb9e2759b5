/** `npm run drill -- crash` and others: see the usage. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readCommand } from '../../ops/read-options.ts';
import { CANARIES, type Canary } from './canaries.ts';
import type { Comparison } from './compare.ts';
import { plant } from './plant.ts';
import { reportPage } from './report-page.ts';
import { type AlertsReport, runAlerts } from './run-alerts.ts';
import { type Answered, runBodies } from './run-bodies.ts';
import { runDrillCommand } from './run-command.ts';
import { type QualityReport, runDataQuality } from './run-data-quality.ts';
import { type Drill, runDrill } from './run-drill.ts';
import { type Everything, runEverything } from './run-everything.ts';
import { type LadderRung, runLadder } from './run-ladder.ts';
import { type Outage, runOutage } from './run-outage.ts';
import { runTable, type TableReport } from './run-table.ts';
import { runTenants, type TenantReport } from './run-tenants.ts';
import { runUpgrade, type Upgrade } from './run-upgrade.ts';

const USAGE = `usage: npm run drill -- crash [--seed N] [--kills N] [--events N] [--json]
       npm run drill -- outage [--seed N] [--hours N] [--events N] [--json]
       npm run drill -- bodies [--seed N] [--count N] [--only PATH] [--json]
       npm run drill -- ladder [--seconds N] [--json]
       npm run drill -- tenants [--json]
       npm run drill -- data-quality [--seed N] [--days N] [--json]
       npm run drill -- alerts [--json]
       npm run drill -- table [--file LOG.csv] [--kills N] [--erasures N] [--json]
       npm run drill -- upgrade [--seed N] [--events N] [--from COMMIT] [--json]
       npm run drill -- canary [--seed N] [--only NAME] [--json]
       npm run drill -- all [--seed N] [--report FILE.html] [--only NAME] [--json]
  crash     sends a log through the real stack while everything goes wrong, then looks for a lost or a double event in every store
  outage    D1 and R2 are away for hours (default 6) of a clock that runs fast, while events come in; then looks likewise
  bodies    sends bodies (default 100,000) that no client of ours makes over every operation that takes one, or those with
            PATH in theirs: none may fail
  ladder    lets what reads ask be slow, refuse or be gone, one after the other, for so many seconds (default 60) under load: every slot stays full,
            in time, and says why
  tenants   two sites with the same ids: one asks, changes and deletes all that the API's document names with ids of the other; no answer holds a word of
            it, and it is as it was
  data-quality
            plants ten faults of a shop's tracking into its days and nights, after so many days (default 7) of history, and a week without any: each is
            named within minutes, and nothing else is
  table     Debian's ClickHouse server, where it is there, is written to all the while; ClickHouse and icebird read the lake as an Iceberg table, and DuckDB its files, after compactions that were killed half-way, a week that comes
            late, and erasures: all count what the log says; --file: a log in Taobao's form. Installs ClickHouse's code (chdb) beside itself
  alerts    Prometheus and Alertmanager (Debian's) watch while the queue refuses all events and profiles do not answer: somebody is called for both within
            five minutes, as rules count them, and told when it is over
  upgrade   the whole build of an earlier commit (default: the last one before the newest migration), this one, a rollback, and this one again, on the
            same stores and queue, each taking over in the middle of a log; then looks as crash does. Needs the history of git
  canary    plants bugs one by one and sees that the drill catches each, with this seed or one of the two after it
  all       each of these but canary, in short, and one planted bug of each that it must catch; --report writes a page of what came of them
  --seed N  draws the log, the kills and the faults (default 1)`;

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Paths whose answers must hold the site's own secret, so that a leak would be seen. */
const LEAST_TELLING = 10;
/** Within so long of an outage somebody is called. */
const PAGE_WITHIN_SECONDS = 300;
/** A copy of the project that does not even run. */
class Unplantable extends Error {}
const DOES_NOT_RUN = /does not build|Cannot find (?:module|package)/;

/** Faults meet a bug by chance: with one of this many seeds it must be caught. */
const SEEDS = 3;

const { words, options } = readCommand(
  z.object({
    seed: z.coerce.number().int().default(1),
    kills: z.coerce.number().int().min(0).optional(),
    events: z.coerce.number().int().min(100).optional(),
    count: z.coerce.number().int().positive().default(100_000),
    seconds: z.coerce.number().positive().default(60),
    days: z.coerce.number().int().min(1).default(7),
    erasures: z.coerce.number().int().min(0).default(20),
    file: z.string().optional(),
    from: z.string().optional(),
    hours: z.coerce.number().positive().default(6),
    only: z.string().optional(),
    report: z.string().optional(),
    json: z.boolean().default(false),
  }),
  z.tuple([
    z.enum([
      'crash',
      'outage',
      'bodies',
      'ladder',
      'tenants',
      'data-quality',
      'alerts',
      'table',
      'upgrade',
      'canary',
      'all',
    ]),
  ]),
  USAGE,
);

if (words[0] === 'crash') {
  const { seed, kills = 50, events = 15_000 } = options;
  const drill = await runDrill({ seed, kills, events, visitors: Math.ceil(events / 60), rate: 1_000 });
  process.stdout.write(options.json ? `${JSON.stringify(drill)}\n` : describe(drill));
  process.exitCode = drill.clean ? 0 : 1;
} else if (words[0] === 'outage') {
  const { seed, hours, events = 3_000 } = options;
  const outage = await runOutage({ seed, hours, events, visitors: Math.ceil(events / 60), rate: 200 });
  process.stdout.write(options.json ? `${JSON.stringify(outage)}\n` : describeOutage(outage));
  process.exitCode = outage.clean ? 0 : 1;
} else if (words[0] === 'bodies') {
  const answered = await runBodies(options);
  process.stdout.write(options.json ? `${JSON.stringify(answered)}\n` : describeBodies(answered));
  process.exitCode = answered.every(({ faults }) => faults === 0) ? 0 : 1;
} else if (words[0] === 'ladder') {
  const rungs = await runLadder(options.seconds, options.only);
  process.stdout.write(options.json ? `${JSON.stringify({ rungs })}\n` : describeLadder(rungs));
  process.exitCode = rungs.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
} else if (words[0] === 'tenants') {
  const report = await runTenants(ROOT);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeTenants(report));
  process.exitCode = report.leaks.length + report.changed.length === 0 && report.telling >= LEAST_TELLING ? 0 : 1;
} else if (words[0] === 'alerts') {
  const report = await runAlerts(ROOT, { speed: 10, outages: ['queue', 'profiles'] });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeAlerts(report));
  const wasCalled = report.alerts.every(
    ({ pagedAfterSeconds, clearedAfterSeconds }) =>
      pagedAfterSeconds !== null && pagedAfterSeconds <= PAGE_WITHIN_SECONDS && clearedAfterSeconds !== null,
  );
  process.exitCode = wasCalled && report.early.length === 0 ? 0 : 1;
} else if (words[0] === 'table') {
  const { seed, file, events = 4_000, erasures } = options;
  const kills = options.kills ?? 5;
  const report = await runTable(ROOT, { seed, file, events, kills, erasures, rate: 1_000, awaySeconds: 3_600 });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeTable(report));
  process.exitCode = report.clean ? 0 : 1;
} else if (words[0] === 'upgrade') {
  const { seed, from, events = 6_000 } = options;
  const upgrade = await runUpgrade(ROOT, { seed, events, visitors: Math.ceil(events / 60), rate: 1_000, from });
  process.stdout.write(options.json ? `${JSON.stringify(upgrade)}\n` : describeUpgrade(upgrade));
  process.exitCode = upgrade.clean ? 0 : 1;
} else if (words[0] === 'data-quality') {
  const report = runDataQuality(options.seed, options.days);
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describeQuality(report));
  const { found, medianMinutes, falseAlarms } = report;
  const least = options.days < 7 ? 7 : 10;
  process.exitCode = found >= least && (medianMinutes ?? 99) <= 3 && falseAlarms <= 1 ? 0 : 1;
} else if (words[0] === 'all') {
  const everything = runEverything(options, (line) => process.stderr.write(`${line}\n`));
  if (options.report !== undefined) writeFileSync(options.report, await reportPage(everything));
  process.stdout.write(options.json ? `${JSON.stringify(everything)}\n` : describeEverything(everything));
  process.exitCode = everything.drills.every(({ passed, bug }) => passed && bug.caught) ? 0 : 1;
} else {
  await runCanaries();
}

/** What came of a planted bug. */
interface Watched {
  readonly name: string;
  readonly caught: boolean;
  /** What gave it away. */
  readonly by: string;
}

async function runCanaries(): Promise<void> {
  const chosen = CANARIES.filter(({ name }) => options.only === undefined || name === options.only);
  const results: Watched[] = [];
  for (const canary of chosen) {
    let watched = await watch(canary, options.seed);
    for (let seed = options.seed + 1; !watched.caught && seed < options.seed + SEEDS; seed += 1)
      watched = await watch(canary, seed);
    results.push(watched);
    if (!options.json)
      process.stdout.write(`${watched.caught ? 'caught' : 'MISSED'}  ${watched.name}\n        ${watched.by}\n`);
  }
  const missed = results.filter(({ caught }) => !caught).length;
  process.stdout.write(
    options.json ? `${JSON.stringify({ results })}\n` : `${results.length - missed} of ${results.length} caught\n`,
  );
  process.exitCode = missed === 0 ? 0 : 1;
}

/** A drill with a bug in a copy of the project; it must not come out clean, or not come to its end. */
async function watch(canary: Canary, seed: number): Promise<Watched> {
  const planted = plant(canary);
  const { name, drill } = canary;
  try {
    if (drill) {
      const { status, stdout, stderr } = runDrillCommand(planted.root, drill);
      if (DOES_NOT_RUN.test(stderr)) throw new Unplantable(stderr);
      return { name, caught: status !== 0, by: firstWords(stdout) || firstWords(stderr) || 'nothing' };
    }
    const small = { kills: 6, events: 3_000, visitors: 40, rate: 600, faultPauseMs: 250, patienceMs: 60_000 };
    const { stores, clean } = await runDrill({ seed, ...small, root: planted.root });
    const wrong = stores.filter(({ lost, double }) => lost + double > 0);
    const by = wrong.map(({ store, lost, double }) => `${store}: ${lost} lost, ${double} double`).join('; ');
    return { name, caught: !clean, by: by || 'nothing' };
  } catch (error) {
    // What never ran has caught nothing.
    if (error instanceof Unplantable || DOES_NOT_RUN.test(String(error))) throw error;
    return { name, caught: true, by: error instanceof Error ? error.message : String(error) };
  } finally {
    planted.remove();
  }
}

/** The lines of a drill's output that say what is wrong. */
function firstWords(output: string): string {
  const lines = output
    .split('\n')
    .filter((line) => /LEAKS|CHANGED|WRONG|NOT CLEAN|! |never|not named|[1-9]\d* faults|Error/.test(line));
  return lines.slice(0, 2).join('; ').trim().slice(0, 200);
}

function describe({ seed, sent, kills, faults, redelivered, stores, clean, seconds }: Drill): string {
  const happened = { 'workerd killed': kills, ...faults, 'messages redelivered': redelivered };
  return table(`seed ${seed}: ${sent} events sent in ${seconds} s`, happened, stores, clean);
}

function describeOutage({ seed, sent, hours, redelivered, dead, recovered, stores, clean, seconds }: Outage): string {
  const happened = {
    'hours without D1, R2': hours,
    'messages redelivered': redelivered,
    'dead letters': dead,
    'brought back': recovered,
  };
  return table(`seed ${seed}: ${sent} events sent in ${seconds} s`, happened, stores, clean);
}

function describeUpgrade({ seed, from, sent, builds, left, stores, clean, seconds }: Upgrade): string {
  const title = `seed ${seed}: ${sent} events sent in ${seconds} s, to ${from.slice(0, 12)} and this build in turn`;
  return table(title, { 'builds in turn': builds, 'messages left to next': left }, stores, clean);
}

function describeQuality({ faults, falselyTold, ...report }: QualityReport): string {
  const lines = faults.map(
    ({ name, minutes, alarm, examples }) =>
      `  ${name.padEnd(50)} ${minutes === null ? 'not named' : `${minutes} min`}  ${alarm}, ${examples} examples`,
  );
  const { found, of, historyDays, medianMinutes, falseAlarms, series } = report;
  const sum = `  ${found} of ${of} named after ${historyDays} days, median ${medianMinutes} minutes; ${falseAlarms} false alarms in a week; ${series} series`;
  return `${[...lines, ...falselyTold.map((alarm) => `  false: ${alarm}`), '', sum].join('\n')}\n`;
}

function describeEverything({ drills }: Everything): string {
  const lines = drills.flatMap(({ name, passed, seconds, rows, bug }) => [
    `  ${passed ? 'passed' : 'FAILED'}  ${name.padEnd(14)} ${seconds} s; planted bug ${bug.caught ? 'caught' : 'MISSED'}: ${bug.name}`,
    ...rows.map(({ fault, seen }) => `          ${fault}: ${seen}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function describeTenants({ operations, requests, telling, leaks, changed }: TenantReport): string {
  const lines = [
    `  ${operations} operations, ${requests} requests with the key of another site; ${telling} paths tell what nobody else may know`,
    ...leaks.map((operation) => `  LEAKS    ${operation}`),
    ...changed.map((where) => `  CHANGED  ${where}`),
    leaks.length + changed.length === 0 ? '  no word of the other, nothing of it changed' : '',
  ];
  return `${lines.join('\n')}\n`;
}

function describeTable({ sent, late, kills, erased, readers, broken, left }: TableReport): string {
  console.table(
    Object.fromEntries(readers.map(({ store, expected, lost, double }) => [store, { expected, lost, double }])),
  );
  return [
    ...[...broken, ...left.map((key) => `still holds somebody: ${key}`)].map((line) => `  ${line}\n`),
    `  ${sent} events sent, ${late} of them a week late; ${kills} compactions killed, ${erased} visitors erased\n`,
  ].join('');
}

function describeAlerts({ alerts, early, sent }: AlertsReport): string {
  const words = (seconds: number | null) => (seconds === null ? 'never' : `after ${seconds} s`);
  const lines = [
    ...alerts.map(
      ({ alert, pagedAfterSeconds, clearedAfterSeconds }) =>
        `  ${alert.padEnd(28)} called ${words(pagedAfterSeconds)}, over ${words(clearedAfterSeconds)}`,
    ),
    ...early.map((alert) => `  TOO EARLY  ${alert}`),
    `  ${sent} requests with events, and as many reads`,
  ];
  return `${lines.join('\n')}\n`;
}

function describeLadder(rungs: readonly LadderRung[]): string {
  const lines = rungs.flatMap(({ fault, reads, slowestMs, served, wrong }) => [
    `  ${fault.padEnd(24)} ${String(reads).padStart(6)} reads, slowest ${String(slowestMs).padStart(4)} ms  ${wrong.length === 0 ? 'right' : 'WRONG'}`,
    ...Object.entries(served)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 6)
      .map(([what, count]) => `      ${String(count).padStart(6)} × ${what}`),
    ...wrong.slice(0, 5).map((what) => `      ! ${what}`),
  ]);
  return `${lines.join('\n')}\n`;
}

function describeBodies(answered: readonly Answered[]): string {
  const lines = answered.flatMap(({ method, path, sent, statuses, faults, examples }) => [
    `  ${`${method} ${path}`.padEnd(44)} ${String(sent).padStart(7)} ${String(faults).padStart(6)}   ${Object.entries(
      statuses,
    )
      .map(([status, times]) => `${status}: ${times}`)
      .join(', ')}`,
    ...examples.map((example) => `      ${example}`),
  ]);
  const sum = answered.reduce((all, { sent }) => all + sent, 0);
  const faults = answered.reduce((all, one) => all + one.faults, 0);
  const head = `  ${'operation'.padEnd(44)} ${'bodies'.padStart(7)} ${'faults'.padStart(6)}   answers`;
  return `${[head, ...lines, '', `  ${sum} bodies, ${faults} faults`].join('\n')}\n`;
}

function table(
  title: string,
  happened: Readonly<Record<string, number>>,
  stores: readonly Comparison[],
  clean: boolean,
): string {
  const lines = [
    title,
    ...Object.entries(happened).map(([name, times]) => `  ${name.padEnd(22)} ${String(times).padStart(6)}`),
    '',
    `  ${'store'.padEnd(16)} ${'expected'.padStart(9)} ${'lost'.padStart(6)} ${'double'.padStart(6)}`,
    ...stores.flatMap(({ store, expected, lost, double, examples }) => [
      `  ${store.padEnd(16)} ${String(expected).padStart(9)} ${String(lost).padStart(6)} ${String(double).padStart(6)}`,
      ...examples.map((example) => `      ${example}`),
    ]),
    '',
    clean ? '  zero lost, zero double' : '  NOT CLEAN',
  ];
  return `${lines.join('\n')}\n`;
}
