import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import type { NewSite } from '../../stores/sites/site-statements.ts';
import { type BrokerProcess, startBroker } from './start-broker.ts';

/** What a test of the whole stack works with. */
export interface BrokerStack {
  /** The test's own folder, gone afterwards. */
  folder: string;
  broker: BrokerProcess;
  vitrine: Vitrine;
}

/** For each test of the file: a broker that survives a kill of workerd, and Vitrine on it with one site, both on new state. */
export function useBrokerStack(site: NewSite): BrokerStack {
  const stack = {} as BrokerStack;
  beforeEach(async () => {
    stack.folder = mkdtempSync(path.join(tmpdir(), `vitrine-${site.id}-`));
    stack.broker = await startBroker(path.join(stack.folder, 'broker'));
    stack.vitrine = await startVitrine({
      stateDir: path.join(stack.folder, 'state'),
      queue: { brokerUrl: stack.broker.url },
      maxBatchTimeoutSeconds: 0.05,
      log: () => undefined,
    });
    await seedSite(await stack.vitrine.getD1('DB'), site);
  });
  afterEach(async () => {
    await stack.vitrine.stop();
    await stack.broker.stop();
    rmSync(stack.folder, { recursive: true, force: true });
  });
  return stack;
}
