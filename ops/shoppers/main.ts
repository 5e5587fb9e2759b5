/**
 * `npm run shoppers [-- --visitors 400] [--hours 72] [--seed 1] [--rate 100] [--url U] [--key K]`: simulated visitors of the demo
 * shop, through the real ingest. The same seed and `--until` make the same events.
 */
import { SingleBar } from 'cli-progress';
import { z } from 'zod';
import { products } from '../../examples/storefront/catalogue/catalogue.ts';
import { readOptions } from '../read-options.ts';
import { runShoppers } from './run-shoppers.ts';

const USAGE = `usage: npm run shoppers -- [options]
  --visitors N  how many (default 400); each visits one to three times
  --hours H     the visits lie in the last H hours (default 72)
  --seed N      the same seed makes the same shoppers (default 1)
  --until T     the visits end at this time (ISO 8601, default now)
  --rate N      visits sent a second (default 100)
  --url URL     Vitrine (default http://localhost:8787)
  --key KEY     write key of the site (default wk_demo_local)
  --json        summary as one JSON object on stdout`;

const optionsSchema = z.object({
  visitors: z.coerce.number().int().positive().default(400),
  hours: z.coerce.number().positive().default(72),
  seed: z.coerce.number().int().default(1),
  until: z.iso.datetime({ offset: true }).optional(),
  rate: z.coerce.number().positive().default(100),
  url: z.url().default('http://localhost:8787'),
  key: z.string().default('wk_demo_local'),
  json: z.boolean().default(false),
});

const { until, json, ...options } = readOptions(optionsSchema, USAGE);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
const bar = process.stderr.isTTY
  ? new SingleBar({ format: '{value} visits · {accepted} events accepted', stream: process.stderr })
  : undefined;
bar?.start(0, 0, { accepted: 0 });
try {
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
} catch (error) {
  bar?.stop();
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
