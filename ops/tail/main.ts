/** `npm run tail`: events of a site as they go by; see the usage. */
import { z } from 'zod';
import { OUTCOMES } from '../../core/pulse/minute.ts';
import type { TailLine, TailPart } from '../../core/pulse/tail.ts';
import { call } from '../lake/lake-api.ts';
import { readOptions } from '../read-options.ts';
import { describeTailLine } from './describe-line.ts';

const USAGE = `usage: npm run tail -- [options]
  Shows each event as it is accepted, refused, there already, in conflict or too late. What is filtered out is counted, and so is what comes faster than
  500 a second; Ctrl-C ends it, and says how many were shown and left out: together they are all that came.
  --type T       of these types only, parted by commas; --not-type T: of others
  --outcome O    ${OUTCOMES.join(', ')}; --not-outcome O
  --user U       of a user id, or an anonymous id
  --text T       with this somewhere in them; --not-text T: without
  --seconds N    ends after so many seconds
  --site S       refuses to show another site's, whatever the key
  --url URL      Vitrine (default http://localhost:8787)
  --key KEY      secret key of the site (default sk_demo_local), with the scope people:read
  --json         one JSON object a line, the counts in the last`;

const FILTERS = ['type', 'outcome', 'user', 'text', 'not-type', 'not-outcome', 'not-text'] as const;
const text = z.string().optional();

const options = readOptions(
  z.object({
    type: text,
    outcome: text,
    user: text,
    text,
    'not-type': text,
    'not-outcome': text,
    'not-text': text,
    seconds: z.coerce.number().positive().optional(),
    site: text,
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    json: z.boolean().default(false),
  }),
  USAGE,
);

const counts = { shown: 0, filtered: 0, tooMany: 0 };

try {
  if (options.site !== undefined) await mustBeOf(options.site);
  await watch();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function mustBeOf(site: string): Promise<void> {
  const { id } = z.object({ id: z.string() }).parse(await (await call(options, '/api/site')).json());
  if (id !== site) throw new Error(`the key is of the site "${id}", not of "${site}"`);
}

async function watch(): Promise<void> {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const value = options[name];
    if (value !== undefined)
      query.set(
        name.replace(/-(\w)/, (_, letter: string) => letter.toUpperCase()),
        value,
      );
  }
  // A refused upgrade tells nothing: what is wrong is asked for first. 426 is right, for a question without an upgrade.
  const asked = await fetch(`${options.url}/api/tail?${query}`, {
    headers: { authorization: `Bearer ${options.key}` },
  });
  if (asked.status !== 426)
    throw new Error(`${asked.status} ${z.object({ detail: z.string() }).parse(await asked.json()).detail}`);
  const socket = new WebSocket(`${options.url.replace(/^http/, 'ws')}/api/tail?${query}`, {
    headers: { authorization: `Bearer ${options.key}` },
  } as never);
  const ended = Promise.withResolvers<void>();
  socket.addEventListener('open', () => process.stderr.write('watching …\n'));
  socket.addEventListener('message', ({ data }) => show(JSON.parse(String(data)) as TailPart));
  socket.addEventListener('close', ({ wasClean }) =>
    wasClean || counts.shown + counts.filtered > 0 ? ended.resolve() : ended.reject(new Error('the connection ended')),
  );
  socket.addEventListener('error', () => ended.reject(new Error(`${options.url} does not let anybody watch`)));
  const end = () => socket.close();
  process.once('SIGINT', end);
  if (options.seconds !== undefined) setTimeout(end, options.seconds * 1_000);
  await ended.promise;
  const { shown, filtered, tooMany } = counts;
  if (options.json) process.stdout.write(`${JSON.stringify({ counts })}\n`);
  else
    process.stdout.write(
      `${shown} shown, ${filtered + tooMany} left out (${filtered} by the filter, ${tooMany} beyond 500 a second): ${shown + filtered + tooMany} came\n`,
    );
  process.exit();
}

function show({ lines, filtered, tooMany }: TailPart): void {
  counts.shown += lines.length;
  counts.filtered += filtered;
  counts.tooMany += tooMany;
  for (const line of lines) process.stdout.write(`${told(line)}\n`);
}

function told(line: TailLine): string {
  return options.json ? JSON.stringify(line) : describeTailLine(line);
}
