/** Bundles `console/` into `workers/console/assets.generated.ts`, which the Worker serves. Fails above the budget. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What the console's script may weigh on the wire. */
export const CONSOLE_BUDGET_BYTES = 102_400;
const source = (file: string) => fileURLToPath(new URL(`../console/${file}`, import.meta.url));
const ASSETS = fileURLToPath(new URL('../workers/console/assets.generated.ts', import.meta.url));

/** Bundles script and styles and writes the Worker's assets when they have changed. Returns their sizes in bytes, gzipped. */
export async function buildConsole(): Promise<{ readonly script: number; readonly style: number }> {
  const [script, style] = await Promise.all([bundle('src/main.ts'), bundle('styles/console.css')]);
  const sizes = { script: gzipBytes(script), style: gzipBytes(style) };
  if (sizes.script > CONSOLE_BUDGET_BYTES)
    throw new Error(`the console's script has ${sizes.script} bytes gzipped; ${CONSOLE_BUDGET_BYTES} are allowed`);
  const served = (text: string) => JSON.stringify({ hash: hashOf(text), source: text });
  const text = `// Written by ops/build-console.ts.
export const CONSOLE_SCRIPT = ${served(script)} as const;
export const CONSOLE_STYLE = ${served(style)} as const;
`;
  if ((await readFile(ASSETS, 'utf8').catch(() => '')) !== text) await writeFile(ASSETS, text);
  return sizes;
}

async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source(file)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome120', 'firefox120', 'safari17'],
    charset: 'utf8',
    write: false,
    legalComments: 'none',
  });
  return outputFiles[0]?.text ?? '';
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function gzipBytes(text: string): number {
  return gzipSync(text, { level: 9 }).byteLength;
}
