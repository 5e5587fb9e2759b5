import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Canary } from './canaries.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
/** What a bundle is made of. */
const PARTS = [
  'beacon',
  'console',
  'core',
  'durable-objects',
  'jobs',
  'migrations',
  'ops',
  'queues',
  'stores',
  'test/broker',
  'test/clickhouse',
  'test/drill',
  'test/material',
  'workers',
  'package.json',
  'tsconfig.base.json',
  'tsconfig.json',
  'wrangler.toml',
];

/** A copy of the project with a bug in it. Throws when the place of the bug is not there any more. */
export function plant({ name, file, replace, by }: Canary): { readonly root: string; remove(): void } {
  // Inside the project, so that its packages are found.
  mkdirSync(path.join(ROOT, '.drill'), { recursive: true });
  const root = mkdtempSync(path.join(ROOT, '.drill', 'canary-'));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    for (const part of PARTS)
      cpSync(path.join(ROOT, part), path.join(root, part), {
        recursive: true,
        filter: (file) => !file.endsWith('.test.ts') && path.basename(file) !== 'node_modules',
      });
    for (const packages of ['node_modules', 'test/clickhouse/node_modules'])
      if (existsSync(path.join(ROOT, packages))) symlinkSync(path.join(ROOT, packages), path.join(root, packages));
    const target = path.join(root, file);
    const source = readFileSync(target, 'utf8');
    if (source.split(replace).length !== 2) throw new Error(`canary "${name}": ${file} does not hold once: ${replace}`);
    writeFileSync(
      target,
      source.replace(replace, () => by),
    );
    return { root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
