import { z } from 'zod';

/** What is under way of filling a site's attributes with their history; times in ms since 1970. */
const fillSchema = z.object({
  v: z.literal(1),
  begunAt: z.int(),
  attributes: z.array(z.object({ name: z.string(), version: z.int() })),
  /** The ledgers are cut into so many ranges of their hashes; nothing before the lake holds all that had arrived. */
  ranges: z.int().optional(),
  /** Ranges that this pass has still to read. */
  left: z.array(z.int()),
  /** Ranges with ledgers that had counted what the lake did not hold: the next pass reads them again. */
  behind: z.array(z.int()),
  /** When the pass began. */
  passAt: z.int(),
  /** Attributes of ledgers that have been filled. */
  filled: z.int(),
});
export type HistoryFill = z.infer<typeof fillSchema>;

/** What is under way of a site as its row says it; nothing where nothing is. */
export async function readFill(env: Env, site: string): Promise<{ fill: HistoryFill; text: string } | undefined> {
  const row = await env.DB.prepare('SELECT fill FROM history_fills WHERE site = ?')
    .bind(site)
    .first<{ fill: string }>();
  return row ? { fill: fillSchema.parse(JSON.parse(row.fill)), text: row.fill } : undefined;
}

/**
 * Writes down how far it is, in the place of what the writer has read or written last: nothing if that was nothing.
 *
 * @returns what stands there now.
 * @throws {FillOvertaken}
 */
export async function writeFill(
  env: Env,
  site: string,
  before: string | undefined,
  fill: HistoryFill,
): Promise<string> {
  const text = JSON.stringify(fill);
  const written =
    before === undefined
      ? env.DB.prepare('INSERT OR IGNORE INTO history_fills (fill, site) VALUES (?, ?)').bind(text, site)
      : env.DB.prepare('UPDATE history_fills SET fill = ? WHERE site = ? AND fill = ?').bind(text, site, before);
  if ((await written.run()).meta.changes === 0) throw new FillOvertaken();
  return text;
}

/**
 * Writes down that each ledger has the history of these attributes, and that nothing is under way any more. A run that dies in between has filled
 * them and does not know it: the next one finds that they have it.
 *
 * @throws {FillOvertaken}
 */
export async function endFill(
  env: Env,
  site: string,
  before: string,
  attributes: HistoryFill['attributes'],
  now: number,
): Promise<void> {
  const { meta } = await env.DB.prepare('DELETE FROM history_fills WHERE site = ? AND fill = ?')
    .bind(site, before)
    .run();
  if (meta.changes === 0) throw new FillOvertaken();
  if (attributes.length === 0) return;
  const filled = 'UPDATE attributes SET filled_at = ? WHERE site = ? AND name = ? AND version = ?';
  await env.DB.batch(attributes.map(({ name, version }) => env.DB.prepare(filled).bind(now, site, name, version)));
}

/** Another run is at it: what it writes down holds. */
export class FillOvertaken extends Error {
  constructor() {
    super('another run goes on with it');
  }
}

const unfilledSchema = z.object({ name: z.string(), version: z.int() });

/** The attributes of a site that have no history yet and have been in force since a time, ms since 1970. */
export async function unfilledAttributes(
  env: Env,
  site: string,
  inForceAt: number,
): Promise<HistoryFill['attributes']> {
  const { results } = await env.DB.prepare(
    'SELECT name, version FROM attributes WHERE site = ? AND definition IS NOT NULL AND filled_at IS NULL AND since <= ? ORDER BY name',
  )
    .bind(site, inForceAt)
    .all();
  return z.array(unfilledSchema).parse(results);
}

/** Sites that have such attributes, or something under way. */
export async function sitesToFill(env: Env, inForceAt: number): Promise<string[]> {
  const { results } = await env.DB.prepare(
    `SELECT site FROM attributes WHERE definition IS NOT NULL AND filled_at IS NULL AND since <= ?
     UNION SELECT site FROM history_fills`,
  )
    .bind(inForceAt)
    .all<{ site: string }>();
  return results.map(({ site }) => site);
}
