import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitrine, type Vitrine, type VitrineOptions } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { BENCH_SITE } from './bench-site.ts';
import { HttpClient } from './http-client.ts';

/** A Worker of the bench that runs. */
export interface Running {
  readonly vitrine: Vitrine;
  readonly client: HttpClient;
}

/** Connections a client holds at most. */
const CONNECTIONS = 64;

/** Which Worker to run: the production one, the bare routes, or production with its operations counted. */
export type BenchWorker = 'vitrine' | 'bare' | 'counted';

const ENTRIES: Record<BenchWorker, string | undefined> = {
  vitrine: undefined,
  bare: fileURLToPath(new URL('../workers/bare-worker.ts', import.meta.url)),
  counted: fileURLToPath(new URL('../workers/counted-worker.ts', import.meta.url)),
};

/** How a Worker of the bench runs. */
export interface RunOptions extends Pick<VitrineOptions, 'queue' | 'maxBatchTimeoutSeconds' | 'vars'> {
  /**
   * Keeps state in memory if the machine has a file system there: the local runtime waits for the disk on the thread that serves
   * requests, which Cloudflare does not, so that a disk would be measured in the place of Vitrine's own pauses.
   */
  readonly inMemory?: boolean;
}

function stateRoot(inMemory: boolean): string {
  return inMemory && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

/** Runs a Worker on new state while `use` measures it; the state is gone afterwards. */
export async function withWorker<T>(
  worker: BenchWorker,
  { inMemory = false, ...options }: RunOptions,
  use: (running: Running) => Promise<T>,
): Promise<T> {
  const stateDir = mkdtempSync(path.join(stateRoot(inMemory), `vitrine-bench-${worker}-`));
  const entry = ENTRIES[worker];
  try {
    const vitrine = await startVitrine({ ...options, stateDir, log: () => undefined, ...(entry ? { entry } : {}) });
    const client = new HttpClient(vitrine.url, CONNECTIONS);
    try {
      await seedSite(await vitrine.getD1('DB'), BENCH_SITE);
      return await use({ vitrine, client });
    } finally {
      client.close();
      await vitrine.stop();
    }
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
