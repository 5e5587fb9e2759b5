/**
 * `npm run bench [-- --only ingest,read,fresh,load,growth,catalogue,proxy,cost,rebuild,experiments,rates,import] [--json]`: measures the production bundle under workerd,
 * without the dev proxy. Ratios are to bare routes in the same runtime and run. See README.md.
 */
import { z } from 'zod';
import { readOptions } from '../ops/read-options.ts';
import { benchCatalogue } from './groups/catalogue.ts';
import { benchCost } from './groups/cost.ts';
import { benchExperiments } from './groups/experiments.ts';
import { benchFresh } from './groups/fresh.ts';
import { benchGrowth } from './groups/growth.ts';
import { benchImport } from './groups/import.ts';
import { benchIngest } from './groups/ingest.ts';
import { benchLoad } from './groups/load.ts';
import { benchProxy } from './groups/proxy.ts';
import { benchRates } from './groups/rates.ts';
import { benchRead } from './groups/read.ts';
import { benchRebuild } from './groups/rebuild.ts';
import { formatTable } from './harness/format-table.ts';
import { missing, type Result } from './harness/result.ts';

const optionsSchema = z.object({
  only: z.string().optional(),
  sessions: z.coerce.number().int().min(100).default(20_000),
  lines: z.coerce.number().int().min(1_000).default(100_000),
  json: z.boolean().default(false),
});
type Options = z.infer<typeof optionsSchema>;

const GROUPS: Record<string, (options: Options) => Promise<Result[]>> = {
  ingest: benchIngest,
  read: benchRead,
  fresh: benchFresh,
  load: benchLoad,
  growth: benchGrowth,
  catalogue: benchCatalogue,
  proxy: benchProxy,
  cost: benchCost,
  rebuild: ({ sessions }) => benchRebuild(sessions),
  experiments: benchExperiments,
  rates: benchRates,
  import: ({ lines }) => benchImport(lines),
};

const USAGE = `usage: npm run bench -- [options]
  --only A,B    groups: ${Object.keys(GROUPS).join(', ')} (default: all)
  --sessions N  sessions of the index that \`rebuild\` builds again (default 20000)
  --lines N     lines of the file that \`import\` takes in (default 100000)
  --json        one JSON object on stdout instead of a table`;

const values = readOptions(optionsSchema, USAGE);
const wanted = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(GROUPS);
const unknown = wanted.filter((name) => !(name in GROUPS));
if (unknown.length > 0) {
  process.stderr.write(`no such group: ${unknown.join(', ')}; there are ${Object.keys(GROUPS).join(', ')}\n`);
  process.exit(2);
}

const results: Result[] = [];
for (const [name, run] of Object.entries(GROUPS)) {
  if (!wanted.includes(name)) continue;
  process.stderr.write(`bench: ${name} …\n`);
  try {
    results.push(...(await run(values)));
  } catch (error) {
    results.push(missing(name, '', `could not run: ${error instanceof Error ? error.message : String(error)}`));
  }
}
process.stdout.write(values.json ? `${JSON.stringify({ results })}\n` : `${formatTable(results)}\n`);
process.exitCode = results.some(({ pass }) => !pass) ? 1 : 0;
