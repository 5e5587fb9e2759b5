/** `npm run clickhouse -- setup|check|backfill`: see the usage. */
import { z } from 'zod';
import type { ClickHouseAccess } from '../../stores/warehouse/clickhouse-server.ts';
import { lakeApi } from '../lake/lake-api.ts';
import { readCommand } from '../read-options.ts';
import { backfillClickHouse } from './backfill.ts';
import { checkClickHouse, type DayDifference } from './check.ts';
import { setupClickHouse } from './setup.ts';

const USAGE = `usage: npm run clickhouse -- setup [options]
       npm run clickhouse -- check [options]
       npm run clickhouse -- backfill [--from DAY] [--to DAY] [options]
  setup            makes the database and the table, or adds the columns that an older one lacks
  check            counts a site's events by day and type, here and in the lake
  backfill         writes a site's events from the lake: all that is compacted, or from one day to another, both included, e.g. 2026-11-01
  --server URL     ClickHouse over HTTP (default http://localhost:8123)
  --database NAME  default vitrine
  --user NAME      default "default"; its password is the environment's CLICKHOUSE_PASSWORD
  --url URL        Vitrine (default http://localhost:8787)
  --key KEY        secret key of the site (default sk_demo_local)
  --json           one JSON object`;

const day = z.iso.date();
const { words, options } = readCommand(
  z.object({
    server: z.url().default('http://localhost:8123'),
    database: z.string().regex(/^\w+$/, 'letters, digits and "_"').default('vitrine'),
    user: z.string().default('default'),
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    from: day.optional(),
    to: day.optional(),
    json: z.boolean().default(false),
  }),
  z.tuple([z.enum(['setup', 'check', 'backfill'])]),
  USAGE,
);

const access: ClickHouseAccess = {
  url: options.server,
  database: options.database,
  user: options.user,
  password: process.env.CLICKHOUSE_PASSWORD ?? '',
};
const say = (found: object, words: string) =>
  process.stdout.write(options.json ? `${JSON.stringify(found)}\n` : `${words}\n`);

try {
  if (words[0] === 'setup') {
    const { version, ran } = await setupClickHouse(access);
    const what = ran.length === 0 ? 'the table is as this build writes it' : ran.join(';\n');
    say({ version, ran }, `ClickHouse ${version}: ${what}`);
  } else if (words[0] === 'backfill') {
    const written = await backfillClickHouse(access, lakeApi(options), options);
    say(written, `${written.rows} events of ${written.files} files written`);
  } else {
    const found = await checkClickHouse(access, lakeApi(options));
    say(found, describe(found));
    process.exitCode = found.differing.length + found.missingColumns.length === 0 ? 0 : 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function describe({
  version,
  events,
  missingColumns,
  differing,
}: {
  readonly version: string;
  readonly events: number;
  readonly missingColumns: readonly string[];
  readonly differing: readonly DayDifference[];
}): string {
  const lines = differing.map(
    ({ day: of, type, lake, here }) => `  ${of} ${type}: ${here} here, ${lake} in the lake (${here - lake})`,
  );
  if (missingColumns.length > 0) lines.unshift(`  columns that are missing: ${missingColumns.join(', ')}; run setup`);
  if (differing.length > 0)
    lines.push('  what is under way is written within seconds; else: npm run clickhouse -- backfill');
  return [`ClickHouse ${version}: ${events} events${lines.length === 0 ? ', as in the lake' : ''}`, ...lines].join(
    '\n',
  );
}
