import { type Comparison, compareStores } from './compare.ts';
import { drillLog } from './drill-log.ts';
import { checkOutOld } from './old-build.ts';
import { openStage, SITE } from './stage.ts';

const PATIENCE_MS = 240_000;

export interface UpgradeOptions {
  readonly seed: number;
  readonly events: number;
  readonly visitors: number;
  readonly rate: number;
  /** The commit of the build before; default: the last one before the newest migration. */
  readonly from?: string | undefined;
}

/** What a drill of an upgrade found. */
export interface Upgrade {
  readonly seed: number;
  /** The commit of the build before. */
  readonly from: string;
  readonly sent: number;
  /** Builds that ran, one after the other. */
  readonly builds: number;
  /** Messages that one build left to the next, all in all. */
  readonly left: number;
  readonly stores: readonly Comparison[];
  readonly clean: boolean;
  readonly seconds: number;
}

/**
 * Runs the whole build of an earlier commit, then this one, then rolls back to the earlier, then this one again, all on the same stores and the same
 * queue: each takes a part of a log, and over from the other in the middle of it, with the messages that it left. Then holds every store against an
 * independent count.
 *
 * @param root the project to run.
 */
export async function runUpgrade(
  root: string,
  { seed, events, visitors, rate, from }: UpgradeOptions,
): Promise<Upgrade> {
  const startedAt = performance.now();
  const old = checkOutOld(root, from);
  try {
    const stage = await openStage(old.root);
    try {
      const log = drillLog(seed, events, visitors);
      const builds = [old.root, root, old.root, root];
      const size = Math.ceil(log.length / builds.length);
      let sent = 0;
      let left = 0;
      for (const [part, build] of builds.entries()) {
        // In the middle of what the one before was at: its last messages wait, or were tried already.
        if (part > 0) {
          const { ready = 0, delayed = 0, inFlight = 0 } = (await stage.broker.stats())['vitrine-events'] ?? {};
          left += ready + delayed + inFlight;
          await stage.replace(build);
        }
        sent += await stage.send(log.slice(part * size, (part + 1) * size), rate);
      }
      await stage.drain(PATIENCE_MS);
      const stores = await compareStores(stage.vitrine, SITE, log, visitors);
      return {
        seed,
        from: old.commit,
        sent,
        builds: builds.length,
        left,
        stores,
        clean: stores.every(({ lost, double }) => lost + double === 0),
        seconds: Math.round((performance.now() - startedAt) / 100) / 10,
      };
    } finally {
      await stage.close();
    }
  } finally {
    old.remove();
  }
}
