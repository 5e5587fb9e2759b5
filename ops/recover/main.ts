/** `npm run recover`: brings dead letters back, see the usage. */
import { z } from 'zod';
import { recoveredSchema } from '../../workers/api/failed-events/operation.ts';
import { call } from '../lake/lake-api.ts';
import { readOptions } from '../read-options.ts';

const USAGE = `usage: npm run recover [-- options]
  hands the messages that every delivery failed for to the queue again; they count once, however often this runs
  --url URL  Vitrine (default http://localhost:8787)
  --key KEY  secret key of the site (default sk_demo_local)`;

const options = readOptions(
  z.object({ url: z.url().default('http://localhost:8787'), key: z.string().default('sk_demo_local') }),
  USAGE,
);

try {
  let recovered = 0;
  for (let done = false; !done; ) {
    const response = await call(options, '/api/failed-events/recover', { method: 'POST' });
    const answer = recoveredSchema.parse(await response.json());
    recovered += answer.recovered;
    done = answer.done;
  }
  process.stdout.write(`${recovered} messages are in the queue again\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
