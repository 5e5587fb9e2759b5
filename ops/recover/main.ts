/** `npm run recover`: brings dead letters back, and sends failed events in again, see the usage. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { causesSchema } from '../../workers/api/failed-events/operation.ts';
import { call } from '../lake/lake-api.ts';
import { readOptions } from '../read-options.ts';
import { readPatch } from './patch.ts';
import { recoverDeadLetters } from './recover-dead-letters.ts';
import { type RetrySummary, retryFailed } from './retry-failed.ts';

const USAGE = `usage: npm run recover [-- --url URL --key KEY]
         hands the messages that every delivery failed for to the queue again; they count once, however often this runs
       npm run recover -- --causes
         why events failed: reason, place of the fault and type, most first
       npm run recover -- --reason R [--path P] [--type T] [--schema V] [--since T] [--until T] [--patch JSONATA | --patch @FILE] [--history] [--dry-run]
         sends failed events in again under their own ids and times, as they came or as the patch makes them; those that are taken are gone from
         the failed ones, so it may be broken off and run again
  --reason R   e.g. invalid_properties
  --path P     where the fault lies, e.g. properties.price
  --schema V   the version of the schema that they do not keep to
  --since T    failed from then on, ISO 8601; --until T: before then
  --patch P    JSONata whose input is the event and whose value is what it becomes; nothing leaves it out
  --history    what is too old for the profiles goes to the lake, see docs/import.md
  --dry-run    says what would become of them
  --url URL    Vitrine (default http://localhost:8787)
  --key KEY    secret key of the site (default sk_demo_local)
  --json       the summary as one JSON object`;

const options = readOptions(
  z.object({
    causes: z.boolean().default(false),
    reason: z.string().optional(),
    path: z.string().optional(),
    schema: z.string().optional(),
    type: z.string().optional(),
    since: z.iso.datetime({ offset: true }).optional(),
    until: z.iso.datetime({ offset: true }).optional(),
    patch: z.string().optional(),
    history: z.boolean().default(false),
    'dry-run': z.boolean().default(false),
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    json: z.boolean().default(false),
  }),
  USAGE,
);

try {
  if (options.causes) await showCauses();
  else if (options.reason === undefined)
    process.stdout.write(`${await recoverDeadLetters(options)} messages are in the queue again\n`);
  else await retry(options.reason);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function showCauses(): Promise<void> {
  const { causes } = causesSchema.parse(await (await call(options, '/api/failed-events/causes')).json());
  if (options.json) process.stdout.write(`${JSON.stringify({ causes })}\n`);
  else if (causes.length === 0) process.stdout.write('no event has failed\n');
  else console.table(causes);
}

async function retry(reason: string): Promise<void> {
  const { path, type, schema, since, until, history } = options;
  const summary = await retryFailed({
    ...options,
    filter: { reason, path, type, schema, since, until },
    patch: options.patch === undefined ? undefined : readPatch(await patchText(options.patch)),
    dryRun: options['dry-run'],
    history,
    tell: ({ seen, accepted }) => process.stderr.write(`${seen} seen, ${accepted} accepted\n`),
  });
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : described(summary));
  if (Object.keys(summary.refused).length > 0 || summary.unpatched > 0) process.exitCode = 1;
}

async function patchText(given: string): Promise<string> {
  return given.startsWith('@') ? readFile(given.slice(1), 'utf8') : given;
}

function described(summary: RetrySummary): string {
  const { seen, accepted, history, changed, leftOut, unpatched, refused, examples } = summary;
  const would = options['dry-run'] ? 'would be ' : '';
  const rows: [string, number][] = [
    ['seen', seen],
    ['changed by the patch', changed],
    ['left out by it', leftOut],
    ['it does not fit', unpatched],
    [`${would}accepted`, accepted],
    [`${would}history`, history],
    ...Object.entries(refused).map(([code, count]): [string, number] => [`${would}refused: ${code}`, count]),
  ];
  const lines = rows.filter(([, count]) => count > 0).map(([name, count]) => `${name.padEnd(36)} ${count}`);
  return `${[...lines, ...examples.map((text) => `  ${text}`)].join('\n') || 'none'}\n`;
}
