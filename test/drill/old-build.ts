import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** The project as it was at a commit. */
export interface OldBuild {
  readonly root: string;
  /** The commit. */
  readonly commit: string;
  remove(): void;
}

/**
 * Takes the project of an earlier commit out of git, to be built and run with the packages of this one.
 *
 * @param from a commit, in whatever form git takes; default: the last one before what the stores hold changed, which is the newest migration.
 * @throws where there is none, as in a clone without history.
 */
export function checkOutOld(root: string, from?: string): OldBuild {
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { maxBuffer: 2 ** 28 });
  // A copy of the project may lie inside of it.
  const top = String(git('rev-parse', '--show-toplevel')).trim();
  const newest = String(git('-C', top, 'log', '-1', '--diff-filter=A', '--format=%H', '--', 'migrations')).trim();
  let commit: string;
  try {
    commit = String(git('rev-parse', '--verify', `${from ?? `${newest}^`}^{commit}`)).trim();
  } catch {
    throw new Error(`git has no commit ${from ?? 'before the newest migration'}: is this a clone without history?`);
  }
  const folder = path.join(root, '.drill');
  mkdirSync(folder, { recursive: true });
  const old = mkdtempSync(path.join(folder, 'build-'));
  execFileSync('tar', ['-x', '-C', old], { input: git('-C', top, 'archive', commit) });
  if (!existsSync(path.join(old, 'node_modules')))
    symlinkSync(path.join(root, 'node_modules'), path.join(old, 'node_modules'));
  return { root: old, commit, remove: () => rmSync(old, { recursive: true, force: true }) };
}
