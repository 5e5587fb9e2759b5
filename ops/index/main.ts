/** `npm run index -- show`, `-- rebuild` or `-- abandon`: see the usage. */
import { z } from 'zod';
import { indexSchema } from '../../workers/api/model/index-operation.ts';
import { call } from '../lake/lake-api.ts';
import { readCommand } from '../read-options.ts';
import { describeBuild, type Index, rebuildIndex } from './rebuild.ts';

const USAGE = `usage: npm run index -- show [options]
       npm run index -- rebuild [--shards N] [--accept counts] [options]
       npm run index -- abandon [options]
  show             what serves of the session index, and what is being built
  rebuild          builds the index again from the lake, beside the one that serves, and lets it serve when it is whole; may be broken
                   off and called again, and the cron goes on with it as well
  abandon          gives up the build that is under way
  --shards N       cuts it into N shards, of 120,000 sessions each (default: as now)
  --accept counts  lets the sessions be half or twice as many as those that serve
  --url URL        Vitrine (default http://localhost:8787)
  --key KEY        secret key of the site (default sk_demo_local)
  --json           what there is at the end, as one JSON object`;

const { words, options } = readCommand(
  z.object({
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    shards: z.coerce.number().int().positive().optional(),
    accept: z.literal('counts').optional(),
    json: z.boolean().default(false),
  }),
  z.tuple([z.enum(['show', 'rebuild', 'abandon'])]),
  USAGE,
);

try {
  const [word] = words;
  const index = word === 'rebuild' ? await rebuilt() : await asked(word === 'show' ? 'GET' : 'DELETE');
  process.stdout.write(options.json ? `${JSON.stringify(index)}\n` : describe(index));
  if (word === 'rebuild' && index.lastBuild?.result !== 'swapped') process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function asked(method: 'GET' | 'DELETE'): Promise<Index> {
  const path = method === 'GET' ? '/api/model/index' : '/api/model/index/rebuild';
  return indexSchema.parse(await (await call(options, path, { method })).json());
}

function rebuilt(): Promise<Index> {
  const { shards, accept } = options;
  return rebuildIndex(options, { shards, accept }, (line) => process.stderr.write(`${line}\n`));
}

function describe(index: Index): string {
  const { generation, shards, build, lastBuild } = index;
  const lines = [`generation ${generation} serves, ${shards} shards`];
  if (build) lines.push(`  ${describeBuild(index)}`);
  if (lastBuild) {
    const { result, endedAt, sessions, sessionsBefore, blocks, sameBlocks } = lastBuild;
    lines.push(`  last build: ${result} at ${endedAt}, ${lastBuild.shards} shards`);
    if (sessions !== undefined) lines.push(`    ${sessions} sessions, ${sessionsBefore} before`);
    if (blocks !== undefined)
      lines.push(`    ${sameBlocks} of ${blocks} blocks are those of the model before, to the byte`);
    if (result === 'refused') lines.push('    to let it serve nevertheless: npm run index -- rebuild --accept counts');
  }
  return `${lines.join('\n')}\n`;
}
