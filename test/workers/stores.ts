import { env } from 'cloudflare:workers';
import { decodeRows } from '../../core/lake/parquet.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';

/** Events by type in the rollups of a site. */
export async function rollupsOf(site: string): Promise<Record<string, number>> {
  const { results } = await env.DB.prepare(
    'SELECT type, SUM(events) AS events FROM rollups WHERE site = ? GROUP BY type',
  )
    .bind(site)
    .all<{ type: string; events: number }>();
  return Object.fromEntries(results.map(({ type, events }) => [type, events]));
}

/** All lines of a site's raw lake, as written: an event may stand in it more than once. */
export async function lakeOf(site: string): Promise<RawEvent[]> {
  const { objects } = await env.LAKE.list({ prefix: `raw/site=${site}/` });
  const texts = await Promise.all(objects.map(({ key }) => readGzip(key)));
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  );
}

/** Distinct events of a site's raw lake, as `<ledger>/<event id>`, sorted. */
export async function lakeIdsOf(site: string): Promise<string[]> {
  const ids = (await lakeOf(site)).map(({ id, ledger }) => `${ledger}/${id}`);
  return [...new Set(ids)].sort();
}

/** Reasons of a site's failed events, sorted. */
export async function failedReasonsOf(site: string): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT reason FROM failed_events WHERE site = ? ORDER BY reason')
    .bind(site)
    .all<{ reason: string }>();
  return results.map(({ reason }) => reason);
}

/** So long a text is in no random id, hash, time or signature by chance. */
const TELLING_LENGTH = 8;

/** Every row of D1 and every object of the lake of a site that holds a text, as `<table or key>: <what>`. */
export async function rowsWith(site: string, text: string): Promise<string[]> {
  if (text.length < TELLING_LENGTH) throw new Error(`"${text}" may be there by chance: search for a longer text`);
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
  ).all<{ name: string }>();
  const found: string[] = [];
  for (const { name } of tables) {
    const { results } = await env.DB.prepare(`SELECT * FROM "${name}"`).all();
    const rows = results.map((row) => JSON.stringify(row)).filter((row) => row.includes(site) && row.includes(text));
    found.push(...rows.map((row) => `${name}: ${row}`));
  }
  const { objects } = await env.LAKE.list();
  for (const { key } of objects.filter(({ key }) => key.includes(`site=${site}/`))) {
    const content = await contentOf(key);
    if (content.includes(text)) found.push(`${key}: ${content}`);
  }
  return found;
}

/** What an object holds, as text: inflated, or its rows. */
async function contentOf(key: string): Promise<string> {
  if (key.endsWith('.gz')) return readGzip(key);
  const bytes = new Uint8Array((await (await env.LAKE.get(key))?.arrayBuffer()) ?? new ArrayBuffer(0));
  return key.endsWith('.parquet') ? JSON.stringify(await decodeRows(bytes)) : new TextDecoder().decode(bytes);
}

async function readGzip(key: string): Promise<string> {
  const object = await env.LAKE.get(key);
  return object ? new Response(object.body.pipeThrough(new DecompressionStream('gzip'))).text() : '';
}

/** The objects of the lake below a prefix, with their sizes in bytes. */
export async function sizesOf(prefix: string): Promise<Map<string, number>> {
  const { objects } = await env.LAKE.list({ prefix });
  return new Map(objects.map(({ key, size }) => [key, size]));
}
