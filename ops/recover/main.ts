/** `npm run recover`: brings dead letters back, see the usage. */
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { recoverDeadLetters } from './recover-dead-letters.ts';

const USAGE = `usage: npm run recover [-- options]
  hands the messages that every delivery failed for to the queue again; they count once, however often this runs
  --url URL  Vitrine (default http://localhost:8787)
  --key KEY  secret key of the site (default sk_demo_local)`;

const options = readOptions(
  z.object({ url: z.url().default('http://localhost:8787'), key: z.string().default('sk_demo_local') }),
  USAGE,
);

try {
  process.stdout.write(`${await recoverDeadLetters(options)} messages are in the queue again\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
