/** `npm run lake -- sql "select …"` or `npm run lake -- compact`: see the usage. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { readCommand } from '../read-options.ts';
import { lakeApi } from './lake-api.ts';
import { openLake } from './open-lake.ts';

const USAGE = `usage: npm run lake -- sql "SELECT type, count(*) FROM events GROUP BY 1" [options]
       npm run lake -- compact [options]
  sql        queries the lake with DuckDB; the view "events" has each event of the site once, see docs/lake.md
  compact    brings what has arrived into Parquet files now
  --url URL  Vitrine (default http://localhost:8787)
  --key KEY  secret key of the site (default sk_demo_local)
  --json     rows as one JSON array`;

const { words, options } = readCommand(
  z.object({
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    json: z.boolean().default(false),
  }),
  z.union([z.tuple([z.literal('sql'), z.string()]), z.tuple([z.literal('compact')])]),
  USAGE,
);

try {
  const api = lakeApi(options);
  if (words[0] === 'compact') {
    const { objects, events } = await api.compact();
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ objects, events })}\n`
        : `compacted ${events} events of ${objects} raw objects\n`,
    );
  } else {
    await query(words[1]);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function query(sql: string): Promise<void> {
  const name = createHash('sha256').update(`${options.url}\0${options.key}`).digest('hex').slice(0, 12);
  const connection = await openLake(lakeApi(options), path.join('.vitrine', 'lake', name));
  const result = await connection.runAndReadAll(sql);
  const rows = result.getRowObjectsJson();
  if (options.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else if (rows.length === 0) process.stdout.write('no rows\n');
  else console.table(rows);
  connection.closeSync();
}
