/** `npm run offpolicy -- --policy F`: what a policy that nobody has tried would bring, from the log of an experiment. See the usage. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { evaluatePolicy, type Logged } from '../../core/experiments/off-policy.ts';
import { experimentViewSchema } from '../../workers/api/experiments/operation.ts';
import { call, lakeApi } from '../lake/lake-api.ts';
import { openLake } from '../lake/open-lake.ts';
import { readOptions } from '../read-options.ts';
import { logSql, policyOf, policySchema, unknownVariants } from './policy.ts';

const USAGE = `usage: npm run offpolicy -- --policy F [options]
  --policy F   JSON: {"experiment": "hero", "reward": "order", "context": "device",
               "policy": {"mobile": {"b": 1}, "*": {"a": 0.5, "b": 0.5}}}; reward: order, click or revenue
  --url URL    Vitrine (default http://localhost:8787)
  --key KEY    secret key of the site (default sk_demo_local)
  --json       one JSON object instead of a table
It takes each visitor's first impression of the experiment from the lake, with the probability that chance gave it.`;

const options = readOptions(
  z.object({
    policy: z.string({ error: 'name a policy: --policy F' }),
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    json: z.boolean().default(false),
  }),
  USAGE,
);

const rowSchema = z.object({
  context: z.string(),
  variant: z.coerce.number(),
  propensity: z.coerce.number(),
  reward: z.coerce.number(),
});

try {
  const file = policySchema.parse(JSON.parse(await readFile(options.policy, 'utf8')));
  const answer = await call(options, `/api/experiments/${file.experiment}`);
  const { number, definition } = experimentViewSchema.parse(await answer.json());
  const variants = definition.variants.map(({ name }) => name);
  const unknown = unknownVariants(file, variants);
  if (unknown.length > 0)
    throw new Error(`policy: "${definition.name}" has no "${unknown.join('", "')}"; it has ${variants.join(', ')}`);
  const name = createHash('sha256').update(`${options.url}\0${options.key}`).digest('hex').slice(0, 12);
  const connection = await openLake(lakeApi(options), path.join('.vitrine', 'lake', name));
  const rows = (await connection.runAndReadAll(logSql(file, number))).getRowObjectsJson();
  connection.closeSync();
  const log = rows.map((row): Logged => {
    const { variant, ...rest } = rowSchema.parse(row);
    return { ...rest, action: variants[variant] ?? String(variant) };
  });
  if (log.length === 0) throw new Error(`nobody was shown "${definition.name}" yet, as far as the lake knows`);
  const found = evaluatePolicy(log, policyOf(file));
  const asItWas = log.reduce((sum, { reward }) => sum + reward, 0) / log.length;
  if (options.json) process.stdout.write(`${JSON.stringify({ ...found, asItWas })}\n`);
  else {
    const { visitors, effectiveVisitors, warnings, ...ways } = found;
    console.log(
      `${visitors} visitors of "${definition.name}", worth ${Math.round(effectiveVisitors)} under the policy`,
    );
    console.table({
      'as it was': { value: asItWas },
      ...Object.fromEntries(Object.entries(ways).map(([way, { value, low, high }]) => [way, { value, low, high }])),
    });
    for (const warning of warnings) console.log(`! ${warning}`);
  }
} catch (error) {
  const words =
    error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
  process.stderr.write(`${words}\n`);
  process.exitCode = 1;
}
