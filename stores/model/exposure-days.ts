import { z } from 'zod';
import { type Exposure, type ExposureDay, exposureSchema } from '../../core/recommend/exposure.ts';

/** Days that are kept, and that are told. */
const KEPT_DAYS = 400;
const TOLD_DAYS = 60;

const rowSchema = z.object({ day: z.int(), exposure: z.string() });

/** The newest days of a site, newest first. */
export async function exposureDays(env: Env, site: string): Promise<ExposureDay[]> {
  const { results } = await env.DB.prepare(
    'SELECT day, exposure FROM exposure_days WHERE site = ? ORDER BY day DESC LIMIT ?',
  )
    .bind(site, TOLD_DAYS)
    .all();
  return z
    .array(rowSchema)
    .parse(results)
    .map(({ day, exposure }) => ({ day, ...exposureSchema.parse(JSON.parse(exposure)) }));
}

/** Writes a day down, and forgets the oldest ones. */
export async function writeExposure(env: Env, site: string, day: number, exposure: Exposure): Promise<void> {
  await env.DB.batch([
    env.DB.prepare('INSERT OR REPLACE INTO exposure_days (site, day, exposure) VALUES (?, ?, ?)').bind(
      site,
      day,
      JSON.stringify(exposure),
    ),
    env.DB.prepare('DELETE FROM exposure_days WHERE site = ? AND day <= ?').bind(site, day - KEPT_DAYS),
  ]);
}

/** Sites of which a day (since 1970) is not counted yet. */
export async function sitesWithout(env: Env, day: number): Promise<string[]> {
  const { results } = await env.DB.prepare(
    'SELECT id FROM sites WHERE NOT EXISTS (SELECT 1 FROM exposure_days WHERE site = sites.id AND day = ?)',
  )
    .bind(day)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
