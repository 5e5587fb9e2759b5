import { Hono } from 'hono';
import { type Item, itemSchema } from '../../../core/catalog/item.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';
import { uploadedSchema } from './operation.ts';

/** Bytes of one upload; a larger catalogue comes in several. */
const MAX_CATALOG_BYTES = 8 * 1024 * 1024;
/** Rows a D1 batch writes at once. */
const ROWS_PER_BATCH = 100;

/** `POST /api/catalog`: products as NDJSON, one a line; each line is taken or refused for itself. */
export const catalogRoutes = new Hono<ApiContext>().post('/', async (c) => {
  const lines = (await readBoundedText(c.req.raw, MAX_CATALOG_BYTES)).text.split('\n');
  const good: { item: Item; position: number }[] = [];
  const rejected: { line: number; message: string }[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLine(line);
    if (typeof parsed === 'string') rejected.push({ line: index + 1, message: parsed });
    else good.push({ item: parsed, position: index });
  }
  const site = c.get('site').id;
  for (let from = 0; from < good.length; from += ROWS_PER_BATCH) {
    await c.env.DB.batch(
      good
        .slice(from, from + ROWS_PER_BATCH)
        .map(({ item, position }) => upsert(c.env, site, item, position, Date.now())),
    );
  }
  return answer(uploadedSchema, { accepted: good.length, rejected });
});

function parseLine(line: string): Item | string {
  try {
    const parsed = itemSchema.safeParse(withoutEmpty(parseJson(line)));
    if (parsed.success) return parsed.data;
    return parsed.error.issues.map((issue) => `${issue.path.join('.') || '(item)'}: ${issue.message}`).join('; ');
  } catch (error) {
    if (error instanceof HttpError) return error.message;
    throw error;
  }
}

/** A product without members that say nothing: feeds write `"brand": null`, and empty texts. */
function withoutEmpty(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null && value !== ''));
}

function upsert(env: Env, site: string, item: Item, position: number, now: number): D1PreparedStatement {
  return env.DB.prepare(
    `INSERT OR REPLACE INTO items (site, id, title, url, image, price, currency, category, brand, available, position, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).bind(
    site,
    item.id,
    item.title,
    item.url,
    item.image ?? null,
    item.price?.amount ?? null,
    item.price?.currency ?? null,
    item.category ?? null,
    item.brand ?? null,
    item.available ? 1 : 0,
    position,
    now,
  );
}
