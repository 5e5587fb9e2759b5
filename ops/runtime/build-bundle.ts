import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { wrangler } from './wrangler.ts';

/** A module of the bundle, as the runtime wants it; `path` is relative to the bundle's folder and names the module. */
export interface BundleModule {
  readonly type: 'ESModule' | 'Text' | 'Data' | 'CompiledWasm';
  readonly path: string;
  readonly contents: string | Uint8Array;
}

const MODULE_TYPES: Record<string, BundleModule['type']> = {
  '.js': 'ESModule',
  '.mjs': 'ESModule',
  '.txt': 'Text',
  '.html': 'Text',
  '.sql': 'Text',
  '.bin': 'Data',
  '.wasm': 'CompiledWasm',
};

/** Where the bundle of a configuration lies already: tests that start it many times build it once. */
export const BUILT_BUNDLE = 'VITRINE_BUILT_BUNDLE';
export const BUILT_FROM = 'VITRINE_BUILT_FROM';

/**
 * Builds the Worker as a deploy would (`wrangler deploy --dry-run`) and returns its modules, the entry first.
 *
 * @param configPath Absolute path of a `wrangler.toml`.
 * @param outDir Folder for the bundle; made when missing.
 * @param entry Script to build in place of the configuration's `main`.
 * @throws when the build fails, with wrangler's output in the message.
 */
export async function buildBundle(configPath: string, outDir: string, entry?: string): Promise<BundleModule[]> {
  const built = process.env[BUILT_BUNDLE];
  if (built && entry === undefined && configPath === process.env[BUILT_FROM]) return readBundle(built);
  await mkdir(outDir, { recursive: true });
  const args = [
    'deploy',
    ...(entry === undefined ? [] : [entry]),
    '--dry-run',
    '--outdir',
    outDir,
    '--config',
    configPath,
    '--env=',
  ];
  try {
    await wrangler(args, { cwd: path.dirname(configPath), env: { WRANGLER_LOG_PATH: path.join(outDir, 'logs') } });
  } catch (cause) {
    throw new Error(`the Worker does not build:\n${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return readBundle(outDir);
}

/** Reads the modules of a built bundle, the entry (`index.js`, else the only script) first. */
async function readBundle(outDir: string): Promise<BundleModule[]> {
  const names = existsSync(outDir) ? await readdir(outDir) : [];
  const modules: BundleModule[] = [];
  for (const name of names) {
    const type = MODULE_TYPES[path.extname(name)];
    if (!type) continue;
    const bytes = await readFile(path.join(outDir, name));
    const text = type === 'ESModule' || type === 'Text';
    modules.push({ type, path: name, contents: text ? bytes.toString('utf8') : new Uint8Array(bytes) });
  }
  modules.sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
  if (modules[0]?.type !== 'ESModule') throw new Error(`no bundle in ${outDir}`);
  return modules;
}

function rank(module: BundleModule): number {
  if (module.path === 'index.js') return 0;
  return module.type === 'ESModule' ? 1 : 2;
}
