/** `npm run deploy`: the first deploy and every later one, see the usage. */
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { deploy } from './deploy.ts';

const USAGE = `usage: npm run deploy [-- options]
  Makes what is missing in your Cloudflare account (D1, R2, queues), applies the migrations and deploys the Worker. It may be run
  again at any time: what is there stays. Log in first with "npx wrangler login", or set CLOUDFLARE_API_TOKEN.
  --env NAME  an environment of wrangler.toml, e.g. staging (default: production)`;

const { env: environment } = readOptions(z.object({ env: z.string().optional() }), USAGE);

try {
  const targets = await deploy({
    environment,
    tell: (what, outcome) => process.stdout.write(`${`${what} `.padEnd(42)}${outcome}\n`),
  });
  const url = targets.find((target) => /^https?:\/\//.test(target));
  if (url) process.stdout.write(`${`${url} `.padEnd(42)}${await answerOf(url)}\n`);
  const where = environment === undefined ? '--remote' : `--env ${environment}`;
  process.stdout.write(
    `\nNext, a site:\n  npm run site -- --id shop --origin https://shop.example${url ? ` --url ${url}` : ''} ${where}\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** Whether the Worker answers, in words: the address of a first deploy may take a minute to be known. */
async function answerOf(url: string): Promise<string> {
  const answer = await fetch(new URL('/openapi.json', url), { signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  if (answer?.ok) return 'answers';
  return answer
    ? `answers with ${answer.status}: see npx wrangler tail`
    : 'does not answer yet: a new address may take a minute';
}
