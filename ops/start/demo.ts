/** What `main.ts` runs: Vitrine and the demo shop on this machine, until SIGTERM, SIGINT or until its parent is gone. State is kept in `.vitrine/`. */
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { DEMO } from './demo-site.ts';
import { describeLine } from './describe-line.ts';
import { portFree } from './port-free.ts';
import { startDemo } from './start-demo.ts';

const USAGE = `usage: npm start [-- options]
  --fresh          begins anew: the state of earlier runs is deleted
  --no-shoppers    no simulated visitors
  --quiet          no line for each request
  --port N         Vitrine's port (default 8787)
  --shop-port N    the shop's port (default 8788)`;

const port = z.coerce.number().int().min(0).max(65_535);
const values = readOptions(
  z.object({
    fresh: z.boolean().default(false),
    'no-shoppers': z.boolean().default(false),
    quiet: z.boolean().default(false),
    port: port.default(8787),
    'shop-port': port.default(8788),
  }),
  USAGE,
);

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve());
  process.on('disconnect', () => resolve());
});
// Before anything is touched: another one that runs here uses the same state.
for (const wanted of [values.port, values['shop-port']]) {
  if (await portFree(wanted)) continue;
  console.error(
    `Port ${wanted} is taken, perhaps by a Vitrine that runs already. Stop it, or give --port and --shop-port.`,
  );
  process.exit(1);
}
let started = false;
console.log('Vitrine is starting …');
const demo = await startDemo({
  stateDir: '.vitrine',
  port: values.port,
  shopPort: values['shop-port'],
  fresh: values.fresh,
  shoppers: !values['no-shoppers'],
  ownSignals: true,
  log: (line) => {
    const text = describeLine(line);
    if (text !== undefined && (started || line.level !== 'log') && !(values.quiet && line.level === 'log'))
      console.log(`  ${text}`);
  },
});
started = true;
console.log(`
  Shop        ${demo.shopUrl}
  … at the edge ${demo.proxiedUrl}
  Console     ${demo.vitrineUrl}/console
  API docs    ${demo.vitrineUrl}/docs
  Vitrine     ${demo.vitrineUrl}
  write key   ${DEMO.writeKey}
  secret key  ${DEMO.secretKey}

  Ctrl-C stops it; --fresh begins anew.
`);
const populating = demo
  .populate((line) => console.log(`  shoppers: ${line}`))
  .catch((error: unknown) => console.error(`  shoppers: ${String(error)}`));
await stopped;
console.log('\n  stopping, once the queue is empty …');
await demo.stop();
await populating;
if (process.connected) process.disconnect();
