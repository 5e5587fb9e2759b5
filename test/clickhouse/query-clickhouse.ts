import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const HERE = import.meta.dirname;

/** Installs ClickHouse's code (chdb, some 540 MB) beside this file, where it is not there yet. */
export async function installClickHouse(): Promise<void> {
  if (existsSync(path.join(HERE, 'node_modules/chdb'))) return;
  // It has nothing to run when it is installed, and is given no leave to.
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], HERE);
}

/** Rows of the last of some statements, run by ClickHouse's own code in a process of its own; files of tables must lie in `folder`. */
export async function queryClickHouse(sql: string | readonly string[], folder: string): Promise<unknown[][]> {
  const out = await run(process.execPath, [path.join(HERE, 'query.mjs')], folder, JSON.stringify([sql].flat()));
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function run(command: string, args: readonly string[], cwd: string, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (part) => {
      out += part;
    });
    child.stderr.on('data', (part) => {
      errors += part;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${command} ${args[0]}: ${errors.trim().slice(-2_000)}`)),
    );
    child.stdin.end(input);
  });
}
