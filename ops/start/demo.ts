/** What `main.ts` runs: Vitrine and the demo shop on this machine, until SIGTERM or until its parent is gone. State is kept in `.vitrine/`. */
import { parseArgs } from 'node:util';
import { DEMO } from './demo-site.ts';
import { startDemo } from './start-demo.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    fresh: { type: 'boolean', default: false },
    shoppers: { type: 'boolean', default: true },
    port: { type: 'string', default: '8787' },
    'shop-port': { type: 'string', default: '8788' },
  },
});

const stopped = new Promise<void>((resolve) => {
  process.on('SIGTERM', () => resolve());
  process.on('disconnect', () => resolve());
});
console.log('Vitrine is starting …');
const demo = await startDemo({
  stateDir: '.vitrine',
  port: Number(values.port),
  shopPort: Number(values['shop-port']),
  fresh: values.fresh,
  shoppers: values.shoppers,
  ownSignals: true,
});
console.log(`
  Shop        ${demo.shopUrl}
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
