/** `npm run lake -- sql "select …"` or `npm run lake -- compact`: see the usage. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { readCommand } from '../read-options.ts';
import { columnDictionary } from './column-dictionary.ts';
import { copyTable } from './copy-table.ts';
import { ENGINES, tableWords } from './engines.ts';
import { lakeApi } from './lake-api.ts';
import { openLake } from './open-lake.ts';

const USAGE = `usage: npm run lake -- sql "SELECT type, count(*) FROM events GROUP BY 1" [options]
       npm run lake -- compact [options]
       npm run lake -- table [--to DIR] [options]
       npm run lake -- columns
  sql        queries the lake with DuckDB; the view "events" has each event of the site once, see docs/lake.md
  compact    brings what has arrived into Parquet files now
  table      where the lake lies as an Apache Iceberg table, and how each engine opens it; docs/warehouse.md says more
  columns    the columns as a table in Markdown, with their types for each engine
  --to DIR   copies the table there: its metadata and its files, in the bucket's folders
  --url URL  Vitrine (default http://localhost:8787)
  --key KEY  secret key of the site (default sk_demo_local)
  --json     rows as one JSON array`;

const { words, options } = readCommand(
  z.object({
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
    to: z.string().optional(),
    json: z.boolean().default(false),
  }),
  z.union([z.tuple([z.literal('sql'), z.string()]), z.tuple([z.enum(['compact', 'table', 'columns'])])]),
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
  } else if (words[0] === 'table') {
    const table = await api.table();
    if (options.to !== undefined) await copyTable(api, options.to);
    process.stdout.write(options.json ? `${JSON.stringify(table)}\n` : tableWords(table, ENGINES));
  } else if (words[0] === 'columns') {
    process.stdout.write(`${columnDictionary()}\n`);
  } else if (words[0] === 'sql') {
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
