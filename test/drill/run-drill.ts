import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { replay } from '../../ops/replay/replay.ts';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { waitUntil } from '../../ops/wait-until.ts';
import { expectDrained } from '../broker/drained.ts';
import { killAtRandom } from '../broker/kill-at-random.ts';
import { type BrokerProcess, startBroker } from '../broker/start-broker.ts';
import { type Comparison, compareStores } from './compare.ts';
import { drillLog } from './drill-log.ts';

const SITE = { id: 'drill', name: 'Drill', origins: [], writeKey: 'wk_drill', secretKey: 'sk_drill' };
const BACKOFF = { baseMs: 20, capMs: 200, attempts: 1_000 };
/** Pause between two faults, and how long each lasts, at most. */
const FAULT_PAUSE_MS = 900;
const FAULT_MS = 250;
/** The clock jumps by at most this, either way; the log is older. */
const CLOCK_JUMP_MS = 3 * 3_600_000;

export interface DrillOptions {
  readonly seed: number;
  readonly kills: number;
  readonly events: number;
  readonly visitors: number;
  readonly rate: number;
  /** The project to run; default: this one. */
  readonly root?: string;
  /** Pause between two faults, at most, ms. */
  readonly faultPauseMs?: number;
  /** How long the queue may take to empty once all is sent, ms. */
  readonly patienceMs?: number;
}

/** What a drill did and found. */
export interface Drill {
  readonly seed: number;
  readonly sent: number;
  readonly kills: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly redelivered: number;
  readonly stores: readonly Comparison[];
  /** Nothing lost, nothing double. */
  readonly clean: boolean;
  readonly seconds: number;
}

/**
 * Runs the real stack on a queue that outlives it, sends it a log, and has everything go wrong meanwhile: kills, redelivery, stores that
 * refuse, a consumer that throws, a clock that jumps, messages of the build before, objects that are reset. Then holds every store against
 * an independent count.
 */
export async function runDrill(options: DrillOptions): Promise<Drill> {
  const startedAt = performance.now();
  const { seed, kills, events, visitors, rate, root = path.resolve(import.meta.dirname, '../..') } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-drill-'));
  const broker = await startBroker(path.join(folder, 'broker'));
  let vitrine: Vitrine | undefined;
  try {
    vitrine = await startVitrine({
      stateDir: path.join(folder, 'state'),
      configPath: path.join(root, 'wrangler.toml'),
      entry: path.join(root, 'test/drill/faulty-worker.ts'),
      queue: { brokerUrl: broker.url },
      maxBatchTimeoutSeconds: 0.05,
      log: () => undefined,
    });
    const db = await vitrine.getD1('DB');
    await seedSite(db, SITE);
    await db.prepare('UPDATE sites SET settings = ? WHERE id = ?').bind('{"trustUnsignedLinks":true}', SITE.id).run();
    const log = drillLog(seed, events, visitors);
    const file = path.join(folder, 'log.ndjson');
    writeFileSync(file, log.map((event) => `${JSON.stringify(event)}\n`).join(''));
    let accepted = 0;
    const over = new AbortController();
    const faulting = makeFaults(
      vitrine,
      { visitors, pauseMs: options.faultPauseMs ?? FAULT_PAUSE_MS, random: seededRandom(seed + 2) },
      over.signal,
    );
    const [summary] = await Promise.all([
      replay({
        file,
        url: vitrine.url,
        key: SITE.writeKey,
        site: SITE.id,
        stateFile: path.join(folder, 'replay.ndjson'),
        rate,
        batchEvents: 10,
        backoff: BACKOFF,
        onProgress: (progress) => {
          accepted = progress.accepted;
        },
      }),
      killAtRandom(vitrine, kills, () => accepted / log.length, seededRandom(seed)),
    ]);
    over.abort();
    const faults = await faulting;
    await tell(vitrine, CALM);
    await drained(broker, options.patienceMs ?? 240_000);
    const stores = await compareStores(vitrine, SITE, log, visitors);
    const { redelivered = 0 } = (await broker.stats())['vitrine-events'] ?? {};
    return {
      seed,
      sent: summary.sent,
      kills,
      faults,
      redelivered,
      stores,
      clean: stores.every(({ lost, double }) => lost + double === 0),
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    };
  } finally {
    await vitrine?.stop();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const CALM = { d1Until: 0, r2Until: 0, d1LostUntil: 0, r2LostUntil: 0, throwUntil: 0, clockMs: 0, oldUntil: 0 };

/** One fault after the other, drawn at random, until `signal`; says how many of each. */
async function makeFaults(
  vitrine: Vitrine,
  { visitors, pauseMs, random }: { readonly visitors: number; readonly pauseMs: number; readonly random: () => number },
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const made: Record<string, number> = {
    'D1 refuses': 0,
    'R2 refuses': 0,
    'D1 answer lost': 0,
    'R2 answer lost': 0,
    'consumer throws': 0,
    'clock jumps': 0,
    'old build': 0,
    'object reset': 0,
    compaction: 0,
  };
  const names = Object.keys(made);
  while (!signal.aborted) {
    await sleep(random() * pauseMs, undefined, { signal }).catch(() => undefined);
    const name = names[Math.floor(random() * names.length)] ?? '';
    const until = Date.now() + random() * FAULT_MS;
    const told = await cause(vitrine, name, until, Math.floor(random() * visitors), (random() * 2 - 1) * CLOCK_JUMP_MS);
    if (told) made[name] = (made[name] ?? 0) + 1;
  }
  return made;
}

async function cause(vitrine: Vitrine, name: string, until: number, visitor: number, jumpMs: number): Promise<boolean> {
  switch (name) {
    case 'D1 refuses':
      return tell(vitrine, { d1Until: until });
    case 'R2 refuses':
      return tell(vitrine, { r2Until: until });
    case 'D1 answer lost':
      return tell(vitrine, { d1LostUntil: until });
    case 'R2 answer lost':
      return tell(vitrine, { r2LostUntil: until });
    case 'consumer throws':
      return tell(vitrine, { throwUntil: until });
    case 'clock jumps':
      return tell(vitrine, { clockMs: Math.round(jumpMs) });
    case 'compaction':
      return post(`${vitrine.url}/api/lake/compact`, undefined, { authorization: `Bearer ${SITE.secretKey}` });
    case 'old build':
      return tell(vitrine, { oldUntil: until });
    default:
      return post(`${vitrine.url}/drill/reset?site=${SITE.id}&visitor=v${visitor}`);
  }
}

function tell(vitrine: Vitrine, faults: Partial<typeof CALM>): Promise<boolean> {
  return post(`${vitrine.url}/drill/faults`, JSON.stringify(faults));
}

/** While workerd restarts nobody answers: that fault did not happen. */
async function post(url: string, body?: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'POST', headers, ...(body !== undefined && { body }) })).ok;
  } catch {
    return false;
  }
}

/** A message that met many faults waits long before its next try. */
async function drained(broker: BrokerProcess, patienceMs: number): Promise<void> {
  let why = '';
  const empty = () =>
    expectDrained(broker).then(
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
