import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { type Access, lakeApi } from '../lake/lake-api.ts';
import { openLake } from '../lake/open-lake.ts';
import { detectFormat } from '../replay/log-format.ts';
import { readLines } from '../replay/read-lines.ts';

/** An event as a schema looks at it. */
export interface TypedProperties {
  readonly type: string;
  readonly properties: unknown;
}

const rowSchema = z.object({ type: z.string(), properties: z.string().nullable() });

/** The newest events of a site's lake, at most `limit` of each type; those that wait for compaction too. */
export async function recentEvents(
  access: Access,
  limit: number,
  types?: readonly string[],
): Promise<TypedProperties[]> {
  const name = createHash('sha256').update(`${access.url}\0${access.key}`).digest('hex').slice(0, 12);
  const connection = await openLake(lakeApi(access), path.join('.vitrine', 'lake', name));
  const wanted =
    types && `WHERE type IN (${types.map((type) => `'${type.replaceAll("'", "''")}'`).join(', ') || "''"})`;
  const rows = await connection.runAndReadAll(
    `SELECT type, properties FROM events ${wanted ?? ''} QUALIFY row_number() OVER (PARTITION BY type ORDER BY time DESC) <= ${limit}`,
  );
  const events = rows.getRowObjectsJson().map((row) => rowSchema.parse(row));
  connection.closeSync();
  return events.map(({ type, properties }) => ({ type, properties: JSON.parse(properties ?? '{}') }));
}

/** The events of a log, as `npm run replay` reads it. */
export async function* loggedEvents(file: string, mapping: string | undefined): AsyncGenerator<TypedProperties> {
  const read = (await detectFormat(file, mapping)).newReader();
  let line = 0;
  for await (const { text } of readLines(file)) {
    line += 1;
    const found = text === undefined || text === '' ? undefined : read(text, line);
    if (found?.kind === 'event') yield { type: found.event.type, properties: found.event.properties ?? {} };
  }
}
