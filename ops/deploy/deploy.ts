import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Unstable_Config as Config, unstable_readConfig as readConfig } from 'wrangler';
import { z } from 'zod';
import { WranglerError, wrangler } from '../runtime/wrangler.ts';
import { resourcesOf } from './resources.ts';

export interface DeployOptions {
  /** As in `wrangler.toml`, e.g. `staging`; without it production. */
  readonly environment?: string | undefined;
  /** Hears of each step: what, and what became of it. */
  readonly tell: (what: string, outcome: string) => void;
}

/** What R2 and Queues say of a name that this account has taken: codes 10004 and 11009. */
const THERE_ALREADY = /already exists, and you own it|is already taken|code: (10004|11009)\b/;

const databasesSchema = z.array(z.object({ name: z.string() }));
const outputSchema = z.object({ type: z.string(), targets: z.array(z.string()).optional() });

/**
 * Brings an account, empty or not, to the present state of the project: makes the D1 databases, R2 buckets and queues that are missing,
 * applies the migrations that are, and deploys the Worker. Each step may be run again; what is there stays.
 *
 * @returns the addresses of the Worker, as wrangler names them.
 * @throws {WranglerError} with what wrangler says, at the first step that fails.
 */
export async function deploy({ environment, tell }: DeployOptions): Promise<readonly string[]> {
  const env = `--env=${environment ?? ''}`;
  const config = configOf(environment);
  const { databases, buckets, queues } = resourcesOf(config);

  const there = databasesSchema.parse(JSON.parse(await wrangler(['d1', 'list', '--json', env])));
  for (const name of databases) {
    const isNew = !there.some((database) => database.name === name);
    if (isNew) await wrangler(['d1', 'create', name, env]);
    tell(`D1 database ${name}`, isNew ? 'made' : 'is there');
  }
  const others = [
    ...buckets.map((name) => ({ what: `R2 bucket ${name}`, made: make(['r2', 'bucket', 'create', name, env]) })),
    ...queues.map((name) => ({ what: `queue ${name}`, made: make(['queues', 'create', name, env]) })),
  ];
  await Promise.all(others.map(({ made }) => made));
  for (const { what, made } of others) tell(what, (await made) ? 'made' : 'is there');
  for (const name of databases) {
    await wrangler(['d1', 'migrations', 'apply', name, '--remote', env]);
    tell(`migrations of ${name}`, 'applied');
  }
  const targets = await deployWorker(env);
  tell(`Worker ${config.name ?? ''}`, 'deployed');
  return targets;
}

/** The project's configuration for an environment. @throws when there is none of this name. */
function configOf(environment: string | undefined): Config {
  const config = { config: 'wrangler.toml' };
  if (environment === undefined) return readConfig(config);
  const known = readConfig(config).definedEnvironments ?? [];
  if (!known.includes(environment))
    throw new Error(`wrangler.toml has no environment "${environment}"; it has ${known.join(', ') || 'none'}`);
  return readConfig({ ...config, env: environment });
}

/** Runs a command that makes something; false when it says that this is there already. */
async function make(args: readonly string[]): Promise<boolean> {
  try {
    await wrangler(args);
    return true;
  } catch (error) {
    if (error instanceof WranglerError && THERE_ALREADY.test(error.message)) return false;
    throw error;
  }
}

/** Deploys the Worker; its addresses come from the file in which wrangler keeps what it did. */
async function deployWorker(env: string): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vitrine-deploy-'));
  try {
    const file = path.join(folder, 'output.ndjson');
    await wrangler(['deploy', env], { env: { WRANGLER_OUTPUT_FILE_PATH: file } });
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    const outputs = lines.map((line) => outputSchema.parse(JSON.parse(line)));
    return outputs.find(({ type }) => type === 'deploy')?.targets ?? [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
