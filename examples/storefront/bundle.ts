import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles a file of this folder, TypeScript or CSS, for browsers, and returns its text. */
export async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    format: 'iife',
    target: ['es2022', 'chrome120', 'firefox121', 'safari17'],
    charset: 'utf8',
    write: false,
    legalComments: 'none',
  });
  return outputFiles[0]?.text ?? '';
}
