import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../ops/seeded-random.ts';
import { killAtRandom } from '../broker/kill-at-random.ts';
import { type Comparison, compareStores } from './compare.ts';
import { drillLog } from './drill-log.ts';
import { type Faults, openStage, post, SITE, type Stage } from './stage.ts';

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
  const stage = await openStage(root);
  try {
    const { vitrine, broker } = stage;
    const log = drillLog(seed, events, visitors);
    let accepted = 0;
    const over = new AbortController();
    const faulting = makeFaults(
      stage,
      { visitors, pauseMs: options.faultPauseMs ?? FAULT_PAUSE_MS, random: seededRandom(seed + 2) },
      over.signal,
    );
    const [sent] = await Promise.all([
      stage.send(log, rate, (progress) => {
        accepted = progress.accepted;
      }),
      killAtRandom(vitrine, kills, () => accepted / log.length, seededRandom(seed)),
    ]);
    over.abort();
    const faults = await faulting;
    await stage.tell(CALM);
    await stage.drain(options.patienceMs ?? 240_000);
    const stores = await compareStores(vitrine, SITE, log, visitors);
    const { redelivered = 0 } = (await broker.stats())['vitrine-events'] ?? {};
    return {
      seed,
      sent,
      kills,
      faults,
      redelivered,
      stores,
      clean: stores.every(({ lost, double }) => lost + double === 0),
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    };
  } finally {
    await stage.close();
  }
}

const CALM: Faults = {
  queueUntil: 0,
  reads: {},
  d1Until: 0,
  r2Until: 0,
  d1LostUntil: 0,
  r2LostUntil: 0,
  throwUntil: 0,
  clockMs: 0,
  oldUntil: 0,
  hurry: 1,
};

/** One fault after the other, drawn at random, until `signal`; says how many of each. */
async function makeFaults(
  stage: Stage,
  { visitors, pauseMs, random }: { readonly visitors: number; readonly pauseMs: number; readonly random: () => number },
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const made: Record<string, number> = {
    'D1 refuses': 0,
    'R2 refuses': 0,
    'D1 answer lost': 0,
    'R2 answer lost': 0,
    'queue refuses': 0,
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
    const told = await cause(stage, name, until, Math.floor(random() * visitors), (random() * 2 - 1) * CLOCK_JUMP_MS);
    if (told) made[name] = (made[name] ?? 0) + 1;
  }
  return made;
}

async function cause(
  { vitrine, tell }: Stage,
  name: string,
  until: number,
  visitor: number,
  jumpMs: number,
): Promise<boolean> {
  switch (name) {
    case 'D1 refuses':
      return tell({ d1Until: until });
    case 'R2 refuses':
      return tell({ r2Until: until });
    case 'D1 answer lost':
      return tell({ d1LostUntil: until });
    case 'R2 answer lost':
      return tell({ r2LostUntil: until });
    case 'queue refuses':
      return tell({ queueUntil: until });
    case 'consumer throws':
      return tell({ throwUntil: until });
    case 'clock jumps':
      return tell({ clockMs: Math.round(jumpMs) });
    case 'compaction':
      return post(`${vitrine.url}/api/lake/compact`, undefined, { authorization: `Bearer ${SITE.secretKey}` });
    case 'old build':
      return tell({ oldUntil: until });
    default:
      return post(`${vitrine.url}/drill/reset?site=${SITE.id}&visitor=v${visitor}`);
  }
}
