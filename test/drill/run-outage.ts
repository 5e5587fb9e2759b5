import path from 'node:path';
import { recoverDeadLetters } from '../../ops/recover/recover-dead-letters.ts';
import { type Comparison, compareStores } from './compare.ts';
import { drillLog } from './drill-log.ts';
import { openStage, SITE, type Stage } from './stage.ts';

const HOUR_MS = 3_600_000;
/** An hour of the outage takes so long. */
const HOUR_TAKES_MS = 4_000;
/** How often the Worker hears what time it is. */
const TICK_MS = 50;
const PATIENCE_MS = 240_000;

export interface OutageOptions {
  readonly seed: number;
  /** How long D1 and R2 refuse everything, hours. */
  readonly hours: number;
  readonly events: number;
  readonly visitors: number;
  readonly rate: number;
}

/** What a drill of an outage found. */
export interface Outage {
  readonly seed: number;
  readonly hours: number;
  readonly sent: number;
  /** Tries of messages beyond their first. */
  readonly redelivered: number;
  /** Messages that ran out of tries, and how many of them were brought back. */
  readonly dead: number;
  readonly recovered: number;
  readonly stores: readonly Comparison[];
  readonly clean: boolean;
  readonly seconds: number;
}

/**
 * Sends a third of a log, lets D1 and R2 be away for hours of a clock that runs fast for Worker and queue alike, with the second third coming in
 * meanwhile, sends the last third, brings back what had run out of tries, twice, and holds every store against an independent count.
 */
export async function runOutage({ seed, hours, events, visitors, rate }: OutageOptions): Promise<Outage> {
  const startedAt = performance.now();
  const speed = HOUR_MS / HOUR_TAKES_MS;
  const stage = await openStage(path.resolve(import.meta.dirname, '../..'), speed);
  try {
    const log = drillLog(seed, events, visitors);
    const third = Math.ceil(log.length / 3);
    const send = (part: number) => stage.send(log.slice(part * third, (part + 1) * third), rate);
    let sent = await send(0);
    await stage.drain(PATIENCE_MS, false);
    const until = Date.now() + hours * HOUR_TAKES_MS;
    await stage.tell({ d1Until: until, r2Until: until });
    const stopClock = runClock(stage, speed);
    const [during] = await Promise.all([send(1), new Promise((resolve) => setTimeout(resolve, until - Date.now()))]);
    sent += during + (await send(2));
    await stage.drain(PATIENCE_MS, false);
    await stopClock();
    const recovered = await recover(stage);
    const again = await recover(stage);
    if (again > 0) throw new Error(`${again} messages were brought back twice`);
    const stores = await compareStores(stage.vitrine, SITE, log, visitors);
    const { redelivered = 0, dead = 0 } = (await stage.broker.stats())['vitrine-events'] ?? {};
    return {
      seed,
      hours,
      sent,
      redelivered,
      dead,
      recovered,
      stores,
      clean: stores.every(({ lost, double }) => lost + double === 0),
      seconds: Math.round((performance.now() - startedAt) / 100) / 10,
    };
  } finally {
    await stage.close();
  }
}

/** Lets the Worker's clock run `speed` times as fast, from now on. Returns how to stop it where it is. */
function runClock(stage: Stage, speed: number): () => Promise<void> {
  const from = Date.now();
  let running = true;
  const ticking = (async () => {
    while (running) {
      await stage.tell({ clockMs: Math.round((Date.now() - from) * (speed - 1)) });
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  })();
  return async () => {
    running = false;
    await ticking;
  };
}

/** Brings dead letters back as `npm run recover` does, and waits until they are counted. */
async function recover(stage: Stage): Promise<number> {
  const recovered = await recoverDeadLetters({ url: stage.vitrine.url, key: SITE.secretKey });
  await stage.drain(PATIENCE_MS, false);
  return recovered;
}
