import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** Runs a drill as its command does, in a process of its own, with the code of `root`. */
export function runDrillCommand(root: string, args: readonly string[]) {
  return spawnSync(process.execPath, [path.join(root, 'test/drill/main.ts'), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
}
