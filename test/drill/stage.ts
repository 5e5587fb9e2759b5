import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { replay } from '../../ops/replay/replay.ts';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { waitUntil } from '../../ops/wait-until.ts';
import { expectDrained } from '../broker/drained.ts';
import { type BrokerProcess, startBroker } from '../broker/start-broker.ts';
import type { DrillEvent } from './drill-log.ts';

/** The site that drills write to. */
export const SITE = { id: 'drill', name: 'Drill', origins: [], writeKey: 'wk_drill', secretKey: 'sk_drill' };
const BACKOFF = { baseMs: 20, capMs: 200, attempts: 1_000 };

/** What the Worker of `faulty-worker.ts` is told; times in ms since 1970, by the true clock. */
export interface Faults {
  readonly queueUntil: number;
  /** What reads ask, and how it fails. */
  readonly reads: Readonly<Record<string, string>>;
  readonly d1Until: number;

  readonly r2Until: number;
  readonly d1LostUntil: number;
  readonly r2LostUntil: number;
  readonly throwUntil: number;
  readonly clockMs: number;
  readonly oldUntil: number;
  readonly hurry: number;
}

/** The real stack on a queue that outlives it, with a Worker that fails on demand. */
export interface Stage {
  readonly vitrine: Vitrine;
  readonly broker: BrokerProcess;
  /** Stops what runs, with whatever it is at, and starts the project of another folder in its place: at the same address, on the same stores and queue. */
  replace(root: string): Promise<void>;
  /** Sends events through the ingest, as often as it takes; `onProgress` hears how many were accepted. Returns how many were sent. */
  send(
    log: readonly DrillEvent[],
    rate: number,
    onProgress?: (progress: { readonly accepted: number }) => void,
  ): Promise<number>;
  /** Whether the Worker heard: while workerd restarts nobody answers, and that fault did not happen. */
  tell(faults: Partial<Faults>): Promise<boolean>;
  /** Waits until the queues are empty, and none gave up a message, if `all` are to arrive: one that met many faults waits long for its next try. */
  drain(patienceMs: number, all?: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * Builds the stage in a folder of its own.
 *
 * @param root the project to run.
 * @param speed how much faster than the true clock messages wait for their next try.
 * @param vars in place of those of `wrangler.toml`.
 */
export async function openStage(root: string, speed = 1, vars: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-drill-'));
  const broker = await startBroker(path.join(folder, 'broker'), speed);
  let running: Vitrine | undefined;
  const close = async () => {
    await running?.stop();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const start = (project: string, port: number) =>
    startVitrine({
      port,
      stateDir: path.join(folder, 'state'),
      configPath: path.join(project, 'wrangler.toml'),
      entry: path.join(project, 'test/drill/faulty-worker.ts'),
      queue: { brokerUrl: broker.url },
      maxBatchTimeoutSeconds: 0.05,
      vars,
      log: () => undefined,
    });
  let vitrine: Vitrine;
  try {
    vitrine = await start(root, 0);
    running = vitrine;
    const db = await vitrine.getD1('DB');
    await seedSite(db, SITE);
    await db.prepare('UPDATE sites SET settings = ? WHERE id = ?').bind('{"trustUnsignedLinks":true}', SITE.id).run();
  } catch (error) {
    await close();
    throw error;
  }
  const { url } = vitrine;
  let logs = 0;
  return {
    get vitrine() {
      return vitrine;
    },
    broker,
    replace: async (project) => {
      await vitrine.stop();
      running = undefined;
      vitrine = await start(project, Number(new URL(url).port));
      running = vitrine;
    },
    send: async (log, rate, onProgress) => {
      logs += 1;
      const file = path.join(folder, `log-${logs}.ndjson`);
      writeFileSync(file, log.map((event) => `${JSON.stringify(event)}\n`).join(''));
      const { sent } = await replay({
        file,
        url,
        key: SITE.writeKey,
        site: SITE.id,
        stateFile: path.join(folder, `replay-${logs}.ndjson`),
        rate,
        batchEvents: 10,
        backoff: BACKOFF,
        ...(onProgress && { onProgress }),
      });
      return sent;
    },
    tell: (faults) => post(`${url}/drill/faults`, JSON.stringify(faults)),
    drain: (patienceMs, all = true) => drained(broker, patienceMs, all),
    close,
  };
}

/** Whether a request of the drill was answered with success. */
export async function post(url: string, body?: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'POST', headers, ...(body !== undefined && { body }) })).ok;
  } catch {
    return false;
  }
}

async function drained(broker: BrokerProcess, patienceMs: number, all: boolean): Promise<void> {
  let why = '';
  const empty = () =>
    expectDrained(broker, all).then(
      () => true,
      (error: unknown) => {
        why = String(error);
        return false;
      },
    );
  await waitUntil('the queue is empty', empty, patienceMs).catch(() => {
    throw new Error(`the queue did not empty: ${why}`);
  });
}
