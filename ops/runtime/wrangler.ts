import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

export interface WranglerOptions {
  /** Folder to run in; default: the project's. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Wrangler ended with an error; the message is what it printed. */
export class WranglerError extends Error {}

/**
 * Runs wrangler's command line, which nothing can ask: no terminal stands behind it. Returns what it wrote to stdout.
 *
 * @throws {WranglerError}
 */
export async function wrangler(args: readonly string[], options: WranglerOptions = {}): Promise<string> {
  const bin = path.join(
    path.dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
    'bin/wrangler.js',
  );
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [bin, ...args], {
      cwd: options.cwd ?? PROJECT,
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1', ...options.env },
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (cause) {
    // Neither the error nor its cause: both hold the whole command line.
    throw new WranglerError(isExecError(cause) ? `${cause.stdout}\n${cause.stderr}`.trim() : String(cause));
  }
}

function isExecError(value: unknown): value is { stdout: string; stderr: string } {
  return typeof value === 'object' && value !== null && 'stdout' in value && 'stderr' in value;
}
