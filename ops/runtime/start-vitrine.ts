import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { D1Database, R2Bucket } from '@cloudflare/workers-types';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import {
  type Unstable_Config as Config,
  unstable_readConfig as readConfig,
  unstable_getMiniflareWorkerOptions as readWorkerOptions,
} from 'wrangler';
import { applyMigrations } from './apply-migrations.ts';
import { buildBundle } from './build-bundle.ts';
import { findWorkerd, RUNTIME_MARK } from './find-workerd.ts';
import { type QueueMode, queueOptions, registerConsumers } from './queue-options.ts';
import { runCron } from './run-cron.ts';
import { type LogLine, startRuntimeLog } from './runtime-log.ts';

const PROJECT_CONFIG = fileURLToPath(new URL('../../wrangler.toml', import.meta.url));
const WORKER = 'vitrine';
const TRIGGER = 'vitrine-trigger';
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface VitrineOptions {
  /** Port of the Worker; 0 (default) picks a free one, which stays over restarts of workerd. */
  readonly port?: number;
  /** Address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
  /** Folder for Durable Objects, D1, R2 and the bundle. */
  readonly stateDir: string;
  /** Empties the state first. */
  readonly fresh?: boolean;
  /** Default: `memory`. */
  readonly queue?: QueueMode;
  /** Seconds a queue waits to fill a batch; default as in the configuration. */
  readonly maxBatchTimeoutSeconds?: number;
  /** Vars added to those of the configuration. */
  readonly vars?: Readonly<Record<string, string>>;
  /** Runs the cron trigger each minute. Default: false. */
  readonly cron?: boolean;
  /** Gets each line that the Worker logs. Default: warnings and errors go to stderr. */
  readonly log?: (line: LogLine) => void;
  /** Leaves SIGINT and SIGTERM to the caller, who stops what runs; else they end the process at once. Default: false. */
  readonly ownSignals?: boolean;
  /** The `wrangler.toml` to run. Default: the project's own. */
  readonly configPath?: string;
  /** Entry of the Worker, in place of the configuration's `main`. */
  readonly entry?: string;
}

/** A running Vitrine. Handles on storage are void after workerd has died: take new ones. */
export interface Vitrine {
  /** Base URL of the Worker, straight to workerd's socket, without a slash at its end. */
  readonly url: string;
  /** Ids of the running workerd processes: one, or none while it restarts. Linux only. */
  workerdPids(): Promise<number[]>;
  /** How often workerd died and came back. */
  restarts(): number;
  /** Runs the Worker's `scheduled` handler, by default for its first cron trigger if there is one, and waits for its end. */
  scheduled(cron?: string): Promise<void>;
  getD1(binding: string): Promise<D1Database>;
  getR2(binding: string): Promise<R2Bucket>;
  /** Stops workerd and waits for its end. Messages of a queue in memory are lost: drain first. */
  stop(): Promise<void>;
}

/**
 * Runs the Worker's production bundle under workerd, without wrangler's dev proxy: requests go straight to the Worker's
 * socket. State is kept on disk; D1 migrations are applied. When workerd dies it comes back at the same address on the
 * same state.
 *
 * @example
 * const vitrine = await startVitrine({ stateDir: '.vitrine', port: 8787, cron: true });
 * await fetch(`${vitrine.url}/health`);
 * await vitrine.stop();
 */
export async function startVitrine(options: VitrineOptions): Promise<Vitrine> {
  const configPath = path.resolve(options.configPath ?? PROJECT_CONFIG);
  const stateDir = path.resolve(options.stateDir);
  if (options.fresh) await rm(stateDir, { recursive: true, force: true });
  await mkdir(stateDir, { recursive: true });
  const bundleDir = path.join(stateDir, 'bundle');
  await rm(bundleDir, { recursive: true, force: true });
  const modules = await buildBundle(configPath, bundleDir, options.entry);
  const trigger = await readFile(new URL('./trigger-worker.js', import.meta.url), 'utf8');
  const config = readConfig({ config: configPath });
  const { workerOptions } = readWorkerOptions(configPath);
  const mode = options.queue ?? 'memory';
  const mark = randomUUID();
  let restarts = 0;

  const signalListeners = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      cf: false,
      resourcePersistencePath: path.join(stateDir, 'storage'),
      unsafeRuntimeEnv: { [RUNTIME_MARK]: mark },
      unsafeHandleRuntimeRestart: () => {
        restarts += 1;
      },
      handleStructuredLogs: startRuntimeLog(options.log),
      telemetry: { enabled: false },
      workers: [
        {
          ...workerOptions,
          ...queueOptions(config.queues, mode, options.maxBatchTimeoutSeconds),
          name: WORKER,
          rootPath: stateDir,
          modules,
          modulesRules: undefined,
          bindings: { ...Object(workerOptions.bindings), ...options.vars },
          unsafeDirectSockets: [{ host: options.host ?? '127.0.0.1', port: options.port ?? 0 }],
        },
        {
          name: TRIGGER,
          compatibilityDate: config.compatibility_date,
          compatibilityFlags: ['service_binding_extra_handlers'],
          modules: [{ type: 'ESModule', path: 'trigger-worker.js', contents: trigger }],
          serviceBindings: { VITRINE: WORKER },
          unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
        },
      ],
    }),
  );

  if (options.ownSignals) {
    // Miniflare's own listeners end the process before anything else can be stopped.
    for (const signal of SIGNALS) {
      for (const listener of process.listeners(signal)) {
        if (!signalListeners.has(listener)) process.removeListener(signal, listener);
      }
    }
  }

  try {
    await runtime.ready;
    const triggerUrl = await runtime.unsafeGetDirectURL(TRIGGER);
    for (const [binding, folder] of migrationFolders(config, configPath)) {
      await applyMigrations(await runtime.getD1Database(binding, WORKER), folder);
    }
    if (typeof mode === 'object') {
      const deliverUrl = new URL('/queue', triggerUrl).href;
      await registerConsumers(config.queues, mode.brokerUrl, deliverUrl, options.maxBatchTimeoutSeconds);
    }
    const scheduled = async (cron = config.triggers.crons?.[0]) => {
      if (cron !== undefined) await runScheduled(triggerUrl, cron);
    };
    const stopCron = options.cron
      ? runCron(scheduled, (error) => process.stderr.write(`cron trigger: ${String(error)}\n`))
      : undefined;
    return {
      url: (await runtime.unsafeGetDirectURL(WORKER)).href.replace(/\/$/, ''),
      workerdPids: () => findWorkerd(mark),
      restarts: () => restarts,
      scheduled,
      getD1: (binding) => runtime.getD1Database(binding, WORKER),
      getR2: async (binding) => (await runtime.getR2Bucket(binding, WORKER)) as unknown as R2Bucket,
      stop: async () => {
        stopCron?.();
        await runtime.dispose();
      },
    };
  } catch (error) {
    await runtime.dispose();
    throw error;
  }
}

/** The folder of migrations of each D1 binding. */
function migrationFolders(config: Config, configPath: string): [string, string][] {
  return config.d1_databases.map((database) => [
    database.binding,
    path.resolve(path.dirname(configPath), database.migrations_dir ?? 'migrations'),
  ]);
}

async function runScheduled(triggerUrl: URL, cron: string): Promise<void> {
  const response = await fetch(new URL('/scheduled', triggerUrl), {
    method: 'POST',
    body: JSON.stringify({ cron, scheduledTimeMs: Date.now() }),
  });
  const text = await response.text();
  if (!response.ok || !text.includes('"ok"')) throw new Error(`the cron trigger ended with ${response.status} ${text}`);
}
