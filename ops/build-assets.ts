/** `npm run assets`: bundles what the Worker serves to browsers, the beacon and the console, and prints their sizes. */
import { BEACON_BUDGET_BYTES, buildBeacon } from './build-beacon.ts';
import { buildConsole } from './build-console.ts';

const [beacon, console_] = await Promise.all([buildBeacon(), buildConsole()]);
console.log(`beacon: core ${beacon.core} bytes gzipped, of ${BEACON_BUDGET_BYTES}; page ${beacon.page}`);
console.log(`console: script ${console_.script} bytes gzipped; style ${console_.style}`);
