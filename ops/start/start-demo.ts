import { setTimeout as sleep } from 'node:timers/promises';
import { products, toCatalogueItem } from '../../examples/storefront/catalogue/catalogue.ts';
import { startStorefront } from '../../examples/storefront/server.ts';
import { startControl } from '../runtime/control.ts';
import type { LogLine } from '../runtime/runtime-log.ts';
import { startVitrine, type Vitrine } from '../runtime/start-vitrine.ts';
import { runShoppers } from '../shoppers/run-shoppers.ts';
import { defineSegments } from './define-segments.ts';
import { DEMO, makeDemoSite } from './demo-site.ts';
import { loadCatalogue } from './load-catalogue.ts';
import { freePort } from './port-free.ts';
import { sendHistory } from './send-history.ts';
import { settled } from './settled.ts';

/** Pause between two visits while the demo runs. */
const VISIT_EVERY_MS = 5_000;
const VISIT_HOURS = 0.2;
/** A little more than the queue waits to fill a batch. */
const QUIET_MS = 1_500;

/** Browsers take each name that ends so for this machine. */
const PROXIED_HOST = 'shop.localhost';

export interface DemoOptions {
  readonly stateDir: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly shopPort: number;
  readonly fresh?: boolean;
  /** Whether simulated shoppers visit the shop. */
  readonly shoppers: boolean;
  /** See `VitrineOptions`. */
  readonly ownSignals?: boolean;
  readonly vars?: Readonly<Record<string, string>>;
  /** See `VitrineOptions`. */
  readonly log?: (line: LogLine) => void;
}

/** A running demo: Vitrine and a shop that uses it. URLs without a slash at their end. */
export interface Demo {
  readonly vitrine: Vitrine;
  readonly vitrineUrl: string;
  readonly shopUrl: string;
  /** The same shop through Vitrine, which fills its pages at the edge. */
  readonly proxiedUrl: string;
  /** Resolves once the shoppers' past visits are counted and the model knows them. `tell` hears how it goes on. */
  populate(tell: (line: string) => void): Promise<void>;
  /** Stops all, once the queue, which lives in memory here, has delivered what it holds. */
  stop(): Promise<void>;
}

/** Starts Vitrine and the demo shop, with the demo site and its catalogue. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { stateDir, fresh = false } = options;
  const shopPort = options.shopPort === 0 ? await freePort() : options.shopPort;
  const proxied = { site: DEMO.id, upstream: `http://localhost:${shopPort}` };
  const vars = { PROXY_HOSTS: JSON.stringify({ [PROXIED_HOST]: proxied }), ...options.vars };
  const vitrine = await startVitrine({
    stateDir,
    port: options.port,
    fresh,
    cron: true,
    vars,
    ownSignals: options.ownSignals ?? false,
    ...(options.log && { log: options.log }),
  });
  const stopping = new AbortController();
  let stopControl: (() => Promise<void>) | undefined;
  let visiting: Promise<void> | undefined;
  try {
    // Pages and beacon must be of one site for the browser, which takes localhost and 127.0.0.1 for two.
    const vitrineUrl = vitrine.url.replace('127.0.0.1', 'localhost');
    const shop = await startStorefront({ port: shopPort, vitrineUrl, writeKey: DEMO.writeKey });
    const proxiedUrl = vitrine.url.replace('127.0.0.1', PROXIED_HOST);
    await makeDemoSite(await vitrine.getD1('DB'), shop.url, [proxiedUrl]);
    await loadCatalogue(
      vitrine.url,
      DEMO.secretKey,
      products.map((product) => toCatalogueItem(product, shop.url)),
    );
    await defineSegments(vitrine.url, DEMO.secretKey);
    stopControl = await startControl(stateDir, vitrineUrl, () => vitrine.getD1('DB'));
    return {
      vitrine,
      vitrineUrl,
      shopUrl: shop.url,
      proxiedUrl,
      populate: async (tell) => {
        if (!options.shoppers) return;
        await sendHistory(vitrine, stateDir, products, stopping.signal, tell);
        visiting ??= keepVisiting(vitrine.url, stopping.signal);
      },
      stop: async () => {
        stopping.abort();
        await visiting;
        await stopControl?.();
        await shop.stop();
        await settled(vitrine, QUIET_MS);
        await vitrine.stop();
      },
    };
  } catch (error) {
    await stopControl?.();
    await vitrine.stop();
    throw error;
  }
}

/** One visit every few seconds, until `signal`; an error waits for the next. */
async function keepVisiting(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(VISIT_EVERY_MS, undefined, { signal }).catch(() => undefined);
    const untilMs = Date.now();
    const visit = {
      url,
      key: DEMO.writeKey,
      products,
      visitors: 1,
      hours: VISIT_HOURS,
      untilMs,
      seed: untilMs,
      signal,
    };
    if (!signal.aborted) await runShoppers(visit).catch(() => undefined);
  }
}
