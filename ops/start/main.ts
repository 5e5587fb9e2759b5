import { parseArgs } from 'node:util';
import { startVitrine } from '../runtime/start-vitrine.ts';
import { DEMO, makeDemoSite } from './demo-site.ts';

/** `npm start [-- --fresh] [--port 8787]`: Vitrine on this machine, with a demo site. State is kept in `.vitrine/`. */
const { values } = parseArgs({
  options: { fresh: { type: 'boolean', default: false }, port: { type: 'string', default: '8787' } },
});
const vitrine = await startVitrine({
  stateDir: '.vitrine',
  port: Number(values.port),
  fresh: values.fresh,
  cron: true,
});
await makeDemoSite(await vitrine.getD1('DB'), 'http://localhost:8788');
console.log(`
  Vitrine     ${vitrine.url}
  write key   ${DEMO.writeKey}
  secret key  ${DEMO.secretKey}

  Ctrl-C stops it; --fresh begins anew.
`);
const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop());
await stopped;
await vitrine.stop();
