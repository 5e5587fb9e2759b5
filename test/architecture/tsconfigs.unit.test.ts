import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import { sourcePaths } from './read-imports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** The projects that `npm run check` compiles. */
const PROJECTS = ['beacon', 'console', 'examples/storefront/browser', 'tsconfig.json', 'tsconfig.node.json'];

describe('the type checker', () => {
  it('looks at every TypeScript file of the repository', { timeout: 60_000 }, async ({ expect }) => {
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const listed = await Promise.all(
      PROJECTS.map((project) =>
        promisify(execFile)(process.execPath, [tsc, '-p', project, '--listFilesOnly'], {
          cwd: ROOT,
          maxBuffer: 2 ** 24,
        }),
      ),
    );
    const checked = new Set(
      listed.flatMap(({ stdout }) => stdout.split('\n').map((file) => path.relative(ROOT, path.resolve(ROOT, file)))),
    );
    expect(sourcePaths(ROOT).filter((file) => !checked.has(file))).toEqual([]);
  });
});
