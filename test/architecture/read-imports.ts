import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A file of the repository with what it imports: paths from the root for files, names for packages. */
export interface SourceFile {
  readonly path: string;
  readonly files: readonly string[];
  readonly packages: readonly string[];
  readonly text: string;
}

/** Static imports, re-exports and `import()`, types included. */
const IMPORT = /(?:^|[;\s])(?:import|export)\s(?:[^'"`;]*?\sfrom\s)?\s*(['"])([^'"]+)\1|\bimport\(\s*(['"])([^'"]+)\3/g;

/** Paths of all TypeScript files that git knows or would add, from the root. */
export function sourcePaths(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => file !== '' && existsSync(path.join(root, file)));
}

/** Reads a file's imports. */
export function readSource(root: string, file: string): SourceFile {
  return parseSource(file, readFileSync(path.join(root, file), 'utf8'));
}

/** The imports of a file's text. */
export function parseSource(file: string, text: string): SourceFile {
  const specifiers = [...text.matchAll(IMPORT)].map((match) => match[2] ?? match[4] ?? '');
  const relative = specifiers.filter((name) => name.startsWith('.'));
  return {
    path: file,
    files: relative.map((name) => path.posix.join(path.posix.dirname(file), name)),
    packages: specifiers.filter((name) => !name.startsWith('.')),
    text,
  };
}
