/**
 * `npm run bench [-- --only ingest,read,fresh,load,growth,catalogue,cost] [--json]`: measures the production bundle under workerd,
 * without the dev proxy. Ratios are to bare routes in the same runtime and run. See README.md.
 */
import { z } from 'zod';
import { readOptions } from '../ops/read-options.ts';
import { benchCatalogue } from './groups/catalogue.ts';
import { benchCost } from './groups/cost.ts';
import { benchFresh } from './groups/fresh.ts';
import { benchGrowth } from './groups/growth.ts';
import { benchIngest } from './groups/ingest.ts';
import { benchLoad } from './groups/load.ts';
import { benchRead } from './groups/read.ts';
import { formatTable } from './harness/format-table.ts';
import { missing, type Result } from './harness/result.ts';

const GROUPS: Record<string, () => Promise<Result[]>> = {
  ingest: benchIngest,
  read: benchRead,
  fresh: benchFresh,
  load: benchLoad,
  growth: benchGrowth,
  catalogue: benchCatalogue,
  cost: benchCost,
};

const USAGE = `usage: npm run bench -- [options]
  --only A,B  groups: ${Object.keys(GROUPS).join(', ')} (default: all)
  --json      one JSON object on stdout instead of a table`;

const values = readOptions(z.object({ only: z.string().optional(), json: z.boolean().default(false) }), USAGE);
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
    results.push(...(await run()));
  } catch (error) {
    results.push(missing(name, '', `could not run: ${error instanceof Error ? error.message : String(error)}`));
  }
}
process.stdout.write(values.json ? `${JSON.stringify({ results })}\n` : `${formatTable(results)}\n`);
process.exitCode = results.some(({ pass }) => !pass) ? 1 : 0;
