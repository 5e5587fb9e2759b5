/**
 * `npm run package`: builds the npm packages of this repository, each into its `dist/`: ESM with source maps, and types. `npm pack` in their folders
 * does so by itself.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TSC = path.join(path.dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

interface Package {
  readonly folder: string;
  readonly entry: string;
  /** Source files whose types the entry's name. */
  readonly types: readonly string[];
  readonly platform: 'browser' | 'neutral';
}

const PACKAGES: readonly Package[] = [
  { folder: 'beacon', entry: 'load', types: ['vitrine'], platform: 'browser' },
  { folder: 'client', entry: 'vitrine-server', types: ['events'], platform: 'neutral' },
];

for (const one of PACKAGES) await buildPackage(one);

async function buildPackage({ folder, entry, types, platform }: Package): Promise<void> {
  const dist = path.join(ROOT, folder, 'dist');
  await rm(dist, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: path.join(ROOT, folder),
    entryPoints: { index: `src/${entry}.ts` },
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform,
    target: 'es2022',
    sourcemap: true,
    charset: 'utf8',
    metafile: true,
  });
  await writeTypes(folder, entry, types, dist);
  for (const [file, { bytes }] of Object.entries(metafile.outputs))
    if (file.endsWith('.js')) console.log(`${folder}/${file}: ${bytes} bytes`);
}

/** Types as the compiler makes them, of the entry and of the files that it names. */
async function writeTypes(folder: string, entry: string, types: readonly string[], dist: string): Promise<void> {
  const made = mkdtempSync(path.join(tmpdir(), 'vitrine-types-'));
  try {
    const options = [
      '--noEmit',
      'false',
      '--emitDeclarationOnly',
      '--declaration',
      '--rootDir',
      ROOT,
      '--outDir',
      made,
    ];
    execFileSync(process.execPath, [TSC, '-p', path.join(ROOT, folder), ...options], { stdio: 'inherit' });
    for (const name of [entry, ...types]) {
      const text = await readFile(path.join(made, folder, 'src', `${name}.d.ts`), 'utf8');
      const target = path.join(dist, `${name === entry ? 'index' : name}.d.ts`);
      await writeFile(
        target,
        text
          .replaceAll(/(from '|import\(')(\.\/[\w-]+)\.ts'/g, "$1$2.js'")
          .replaceAll(/(from ")(\.\/[\w-]+)\.ts"/g, '$1$2.js"'),
      );
    }
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
