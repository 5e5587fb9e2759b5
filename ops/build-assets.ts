/** `npm run assets`: bundles what the Worker serves to browsers, the beacon and the console, and prints their sizes. */
import { BEACON_BUDGETS, buildBeacon } from './build-beacon.ts';
import { buildConsole, CONSOLE_BUDGET_BYTES } from './build-console.ts';

const [beacon, console_] = await Promise.all([buildBeacon(), buildConsole()]);
const rows = [
  ...Object.entries(beacon).map(([name, bytes]) => ({
    ...{ file: `beacon ${name}`, bytes, of: BEACON_BUDGETS[name as keyof typeof BEACON_BUDGETS] },
  })),
  { file: 'console script', bytes: console_.script, of: CONSOLE_BUDGET_BYTES },
  { file: 'console style', bytes: console_.style, of: undefined },
];
console.log('bytes, gzipped, and what they may be');
for (const { file, bytes, of } of rows)
  console.log(`  ${file.padEnd(16)} ${String(bytes).padStart(7)} ${of === undefined ? '' : `of ${of}`}`);
