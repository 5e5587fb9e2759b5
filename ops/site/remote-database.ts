import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unstable_readConfig as readConfig } from 'wrangler';
import { z } from 'zod';
import type { Statement } from '../../stores/sites/site-statements.ts';
import { wrangler } from '../runtime/wrangler.ts';
import type { SiteDatabase } from './site-database.ts';

const answerSchema = z.array(z.object({ results: z.array(z.record(z.string(), z.unknown())) }));

/** The D1 of a deployed Vitrine, through wrangler and its login. `environment` as in `wrangler.toml`, e.g. `staging`. */
export function remoteDatabase(environment: string | undefined): SiteDatabase {
  const config = readConfig({ config: 'wrangler.toml', ...(environment !== undefined && { env: environment }) });
  const name = config.d1_databases[0]?.database_name ?? 'vitrine';
  const execute = (args: readonly string[]) =>
    wrangler(['d1', 'execute', name, '--remote', '--json', '--yes', `--env=${environment ?? ''}`, ...args]);
  return {
    vitrineUrl: undefined,
    read: async (statement) =>
      answerSchema.parse(JSON.parse(await execute(['--command', inline(statement)])))[0]?.results ?? [],
    write: async (statements) => {
      // In a file: what stands on a command line is seen by everybody on this machine, and wrangler repeats it when it fails.
      const folder = await mkdtemp(path.join(tmpdir(), 'vitrine-site-'));
      try {
        const file = path.join(folder, 'change.sql');
        await writeFile(file, statements.map((statement) => `${inline(statement)}\n`).join(''), { mode: 0o600 });
        await execute(['--file', file]);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    close: async () => undefined,
  };
}

/** Wrangler's command line binds no values, so they are written into the statement as SQL literals. */
export function inline({ sql, values: bound }: Statement): string {
  let next = 0;
  return `${sql.replace(/\?/g, () => literal(bound[next++] ?? ''))};`;
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}
