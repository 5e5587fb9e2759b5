/**
 * `npm run shoppers [-- --visitors 400] [--hours 72] [--seed 1] [--rate 100] [--url U] [--key K]`: simulated visitors of the demo
 * shop, through the real ingest. The same seed and `--until` make the same events. `--world F`: shoppers in front of one slot, whose truth is known.
 */
import { readFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { z } from 'zod';
import { products } from '../../examples/storefront/catalogue/catalogue.ts';
import { readOptions } from '../read-options.ts';
import { runShoppers } from './run-shoppers.ts';
import { runWorld } from './run-world.ts';
import { worldSchema } from './world.ts';

const USAGE = `usage: npm run shoppers -- [options]
  --visitors N  how many (default 400); each visits one to three times
  --hours H     the visits lie in the last H hours (default 72)
  --seed N      the same seed makes the same shoppers (default 1)
  --until T     the visits end at this time (ISO 8601, default now)
  --rate N      visits sent a second (default 100)
  --url URL     Vitrine (default http://localhost:8787)
  --key KEY     write key of the site (default wk_demo_local)
  --world F     shoppers of a world (JSON, see ops/shoppers/world.ts): each asks a slot, sees it, clicks and orders as
                the world says; prints what they did by strategy, for an experiment's results to be held against
  --json        summary as one JSON object on stdout`;

const optionsSchema = z.object({
  visitors: z.coerce.number().int().positive().default(400),
  hours: z.coerce.number().positive().default(72),
  seed: z.coerce.number().int().default(1),
  until: z.iso.datetime({ offset: true }).optional(),
  rate: z.coerce.number().positive().default(100),
  url: z.url().default('http://localhost:8787'),
  key: z.string().default('wk_demo_local'),
  world: z.string().optional(),
  json: z.boolean().default(false),
});

const { until, json, world, ...options } = readOptions(optionsSchema, USAGE);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const bar = process.stderr.isTTY
  ? new SingleBar({ format: '{value} visits · {accepted} events accepted', stream: process.stderr })
  : undefined;
bar?.start(0, 0, { accepted: 0 });
try {
  if (world !== undefined) await inWorld(world);
  else await inShop();
} catch (error) {
  bar?.stop();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function inShop(): Promise<void> {
  const summary = await runShoppers({
    ...options,
    url: options.url.replace(/\/$/, ''),
    products,
    untilMs: until === undefined ? Date.now() : Date.parse(until),
    signal: stop.signal,
    onProgress: ({ visits, accepted }) => bar?.update(visits, { accepted }),
  });
  bar?.stop();
  console.log(
    json ? JSON.stringify(summary) : `${summary.visits} visits, ${summary.accepted} of ${summary.sent} events accepted`,
  );
}

async function inWorld(file: string): Promise<void> {
  const read = worldSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const truth = await runWorld(read, {
    ...options,
    products,
    signal: stop.signal,
    onProgress: (visitors) => bar?.update(visitors, { accepted: visitors }),
  });
  bar?.stop();
  const lines = Object.entries(truth).map(
    ([strategy, { visitors, clicks, orders, revenue }]) =>
      `${strategy}: ${visitors} visitors, ${clicks} clicks, ${orders} orders (${((100 * orders) / visitors).toFixed(2)} % of visitors), ${revenue.toFixed(2)} in all`,
  );
  console.log(json ? JSON.stringify(truth) : lines.join('\n'));
}
