import path from 'node:path';
import { CANARIES } from './canaries.ts';
import type { Comparison } from './compare.ts';
import type { AlertsReport } from './run-alerts.ts';
import type { Answered } from './run-bodies.ts';
import { runDrillCommand } from './run-command.ts';
import type { QualityReport } from './run-data-quality.ts';
import type { Drill } from './run-drill.ts';
import type { LadderRung } from './run-ladder.ts';
import type { Outage } from './run-outage.ts';
import type { TableReport } from './run-table.ts';
import type { TenantReport } from './run-tenants.ts';
import type { Upgrade } from './run-upgrade.ts';

/** One fault of a drill, as people read it. */
export interface Row {
  readonly fault: string;
  /** What users saw of it. */
  readonly seen: string;
  /** How long until somebody, or something, noticed, and until all was well; empty where it does not apply. */
  readonly detected: string;
  readonly recovered: string;
  /** Events; null where none are counted. */
  readonly lost: number | null;
  readonly doubled: number | null;
}

/** What came of one drill, and of the bug that was planted to see that it can fail. */
export interface DrillResult {
  readonly name: string;
  readonly command: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly rows: readonly Row[];
  readonly bug: { readonly name: string; readonly caught: boolean; readonly by: string };
}

export interface Everything {
  readonly at: string;
  readonly seed: number;
  readonly drills: readonly DrillResult[];
}

/** A drill with what it is told, how its report is read, and the bug that it must catch. */
interface Planned {
  readonly name: string;
  readonly args: readonly string[];
  readonly rowsOf: (report: never) => readonly Row[];
  /** The name of a planted bug. */
  readonly bug: string;
}

const none = { detected: '', recovered: '', lost: null, doubled: null };
const sumsOf = (stores: readonly Comparison[]) => ({
  lost: stores.reduce((sum, { lost }) => sum + lost, 0),
  doubled: stores.reduce((sum, one) => sum + one.double, 0),
});
const minutes = (value: number | null) => (value === null ? 'never' : `${value} min`);
const seconds = (value: number | null) => (value === null ? 'never' : `${value} s`);

const PLANNED: readonly Planned[] = [
  {
    name: 'crash',
    args: ['--kills', '20', '--events', '6000'],
    rowsOf: ({ kills, faults, redelivered, sent, stores, seconds: took }: Drill) => [
      {
        fault: `workerd killed ${kills} times; ${Object.entries(faults)
          .map(([what, times]) => `${what}: ${times}`)
          .join(', ')}; ${redelivered} messages again`,
        seen: `${sent} events, each accepted in the end: clients keep what is not`,
        detected: '',
        recovered: `all counted ${took} s after the first`,
        ...sumsOf(stores),
      },
    ],
    bug: 'a message that failed is acknowledged',
  },
  {
    name: 'outage',
    args: ['--hours', '3', '--events', '2000'],
    rowsOf: ({ hours, sent, dead, recovered, stores }: Outage) => [
      {
        fault: `D1 and R2 away for ${hours} hours`,
        seen: `${sent} events accepted all the while`,
        detected: '',
        recovered: `${dead} dead letters, ${recovered} brought back`,
        ...sumsOf(stores),
      },
    ],
    bug: 'a raw object that R2 refused is not written again',
  },
  {
    name: 'ladder',
    args: ['--seconds', '4'],
    rowsOf: ({ rungs }: { readonly rungs: readonly LadderRung[] }) =>
      rungs.map(({ fault, reads, slowestMs, wrong }) => ({
        ...none,
        fault,
        seen: wrong[0] ?? `${reads} reads, each slot full, the slowest after ${slowestMs} ms`,
      })),
    bug: 'a profile is waited for without a deadline',
  },
  {
    name: 'tenants',
    args: [],
    rowsOf: ({ operations, requests, leaks, changed }: TenantReport) => [
      {
        ...none,
        fault: `another site’s key at ${operations} operations, ${requests} requests`,
        seen: [...leaks, ...changed].join(', ') || 'no word of the other site, nothing of it changed',
      },
    ],
    bug: 'webhooks of any site are listed',
  },
  {
    name: 'bodies',
    args: ['--count', '20000'],
    rowsOf: (answered: readonly Answered[]) => [
      {
        ...none,
        fault: `${answered.reduce((sum, { sent }) => sum + sent, 0)} bodies that no client of ours makes, at ${answered.length} operations`,
        seen: `${answered.reduce((sum, { faults }) => sum + faults, 0)} answers that no document knows`,
      },
    ],
    bug: 'a body that is no JSON is a fault of ours',
  },
  {
    name: 'data-quality',
    args: [],
    rowsOf: ({ faults, falseAlarms }: QualityReport) => [
      ...faults.map(({ name, minutes: after, alarm }) => ({
        ...none,
        fault: name,
        seen: 'nothing',
        detected: `${minutes(after)}: ${alarm}`,
      })),
      { ...none, fault: 'a week in which all is well', seen: `${falseAlarms} false alarms` },
    ],
    bug: 'the watch is deaf',
  },
  {
    name: 'table',
    args: [],
    rowsOf: ({ kills, late, erased, sent, readers, broken, left }: TableReport) => [
      {
        fault: `${kills} compactions killed, ${late} of ${sent} events a week late, ${erased} visitors erased`,
        seen: [...broken, ...left][0] ?? 'ClickHouse, icebird and DuckDB count what the log says, after each',
        detected: '',
        recovered: 'the next compaction publishes the table',
        ...sumsOf(readers),
      },
    ],
    bug: 'a month’s manifest is written once and never again',
  },
  {
    name: 'upgrade',
    args: [],
    rowsOf: ({ from, builds, sent, stores }: Upgrade) => [
      {
        fault: `another build takes over ${builds - 1} times, ${from.slice(0, 12)} and this one in turn, once as a rollback`,
        seen: `${sent} events, each accepted in the end`,
        detected: '',
        recovered: 'each build goes on with what the one before left',
        ...sumsOf(stores),
      },
    ],
    bug: 'a profile is stored where the build before does not look',
  },
  {
    name: 'alerts',
    args: [],
    rowsOf: ({ alerts, early }: AlertsReport) => [
      ...alerts.map(({ alert, pagedAfterSeconds, clearedAfterSeconds }) => ({
        ...none,
        fault: alert.includes('Accept') ? 'the queue refuses all events' : 'profiles do not answer',
        seen: alert.includes('Accept')
          ? 'nothing: pages keep events and send them later'
          : 'slots from what is popular',
        detected: `${seconds(pagedAfterSeconds)}: ${alert} calls`,
        recovered: `over ${seconds(clearedAfterSeconds)} after the outage`,
      })),
      ...early.map((alert) => ({ ...none, fault: 'nothing', seen: `${alert} called nevertheless` })),
    ],
    bug: 'nobody is called while the queue refuses',
  },
];

/** Runs all drills in short, one after the other, and each once more with a bug that it must catch. `only` names one drill. */
export function runEverything(
  { seed, only }: { readonly seed: number; readonly only?: string | undefined },
  tell: (line: string) => void,
): Everything {
  const root = path.resolve(import.meta.dirname, '../..');
  const drills = PLANNED.filter(({ name }) => only === undefined || name === only).map((planned): DrillResult => {
    const { name, args, rowsOf } = planned;
    const all = [name, ...args, '--seed', String(seed), '--json'];
    tell(`${name} …`);
    const startedAt = performance.now();
    const { status, stdout, stderr } = runDrillCommand(root, all);
    const took = Math.round((performance.now() - startedAt) / 1_000);
    tell(`${name}: ${status === 0 ? 'passed' : 'FAILED'} after ${took} s; planting “${planned.bug}” …`);
    const bug = caught(root, planned.bug, seed);
    tell(`${name}: the bug was ${bug.caught ? 'caught' : 'MISSED'}`);
    return {
      name,
      command: `npm run drill -- ${all.slice(0, -1).join(' ')}`,
      passed: status === 0,
      seconds: took,
      rows: rowsFrom(stdout, rowsOf) ?? [{ ...none, fault: 'it did not come to its end', seen: stderr.slice(-300) }],
      bug,
    };
  });
  return { at: new Date().toISOString(), seed, drills };
}

function rowsFrom(stdout: string, rowsOf: Planned['rowsOf']): readonly Row[] | undefined {
  try {
    return rowsOf(JSON.parse(stdout) as never);
  } catch {
    return undefined;
  }
}

function caught(root: string, name: string, seed: number): DrillResult['bug'] {
  if (!CANARIES.some((canary) => canary.name === name)) throw new Error(`there is no planted bug "${name}"`);
  const { stdout, stderr } = runDrillCommand(root, ['canary', '--only', name, '--seed', String(seed), '--json']);
  try {
    const { results } = JSON.parse(stdout) as { results: DrillResult['bug'][] };
    return results[0] ?? { name, caught: false, by: 'it was not run' };
  } catch {
    return { name, caught: false, by: stderr.slice(-300) };
  }
}
