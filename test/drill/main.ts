/** `npm run drill -- crash` or `npm run drill -- canary`: see the usage. */
import { z } from 'zod';
import { readCommand } from '../../ops/read-options.ts';
import { CANARIES, type Canary } from './canaries.ts';
import { plant } from './plant.ts';
import { type Drill, runDrill } from './run-drill.ts';

const USAGE = `usage: npm run drill -- crash [--seed N] [--kills N] [--events N] [--json]
       npm run drill -- canary [--seed N] [--only NAME] [--json]
  crash     sends a log through the real stack while everything goes wrong, then looks for a lost or a double event in every store
  canary    plants bugs one by one and sees that the drill catches each, with this seed or one of the two after it
  --seed N  draws the log, the kills and the faults (default 1)`;

/** Faults meet a bug by chance: with one of this many seeds it must be caught. */
const SEEDS = 3;

const { words, options } = readCommand(
  z.object({
    seed: z.coerce.number().int().default(1),
    kills: z.coerce.number().int().min(0).default(50),
    events: z.coerce.number().int().min(100).default(15_000),
    only: z.string().optional(),
    json: z.boolean().default(false),
  }),
  z.union([z.tuple([z.literal('crash')]), z.tuple([z.literal('canary')])]),
  USAGE,
);

if (words[0] === 'crash') {
  const { seed, kills, events } = options;
  const drill = await runDrill({ seed, kills, events, visitors: Math.ceil(events / 60), rate: 1_000 });
  process.stdout.write(options.json ? `${JSON.stringify(drill)}\n` : describe(drill));
  process.exitCode = drill.clean ? 0 : 1;
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
  const { name } = canary;
  try {
    const small = { kills: 6, events: 3_000, visitors: 40, rate: 600, faultPauseMs: 250, patienceMs: 60_000 };
    const { stores, clean } = await runDrill({ seed, ...small, root: planted.root });
    const wrong = stores.filter(({ lost, double }) => lost + double > 0);
    const by = wrong.map(({ store, lost, double }) => `${store}: ${lost} lost, ${double} double`).join('; ');
    return { name, caught: !clean, by: by || 'nothing' };
  } catch (error) {
    return { name, caught: true, by: error instanceof Error ? error.message : String(error) };
  } finally {
    planted.remove();
  }
}

function describe({ seed, sent, kills, faults, redelivered, stores, clean, seconds }: Drill): string {
  const happened = Object.entries({ 'workerd killed': kills, ...faults, 'messages redelivered': redelivered });
  const lines = [
    `seed ${seed}: ${sent} events sent in ${seconds} s`,
    ...happened.map(([name, times]) => `  ${name.padEnd(22)} ${String(times).padStart(6)}`),
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
