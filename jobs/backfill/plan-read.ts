import type { CompiledAttribute } from '../../core/attributes/compile-attribute.ts';
import { QUEUE_RETENTION_DAYS } from '../../core/profile/limits.ts';
import { parseDefinitions } from '../../core/segments/site-definitions.ts';
import { DAY_MS, HOUR_MS, hourOf, MINUTE_MS } from '../../core/time.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';
import type { HistoryFill } from '../../stores/config/history-fill.ts';
import { listPartitions, type Partition } from '../../stores/lake/partitions.ts';

/** Events of a range of ledgers: what a run holds of them at once is their sums. */
const RANGE_EVENTS = 200_000;
const MAX_RANGES = 4_096;

/** What is read of the lake to fill a site's attributes. */
export interface HistoryRead {
  readonly attributes: readonly CompiledAttribute[];
  readonly partitions: readonly Partition[];
  /** Events from then on are remembered by their profiles, and are in the hours that are read; ms since 1970. */
  readonly countFrom: number;
}

/**
 * The hours that attributes look back on from when they were defined, whole: an attribute may keep what is old by the hour.
 *
 * @throws where nobody can say what is defined.
 */
export async function planRead(env: Env, site: string, named: HistoryFill['attributes']): Promise<HistoryRead> {
  const definitions = await siteDefinitions(env, site);
  if (!definitions) throw new Error('nobody can say what is defined');
  const attributes = parseDefinitions(definitions.text).attributes.filter(({ name, version }) =>
    named.some((one) => one.name === name && one.version === version),
  );
  const from = Math.min(...attributes.map(({ since, windowMinutes }) => hourOf(since - windowMinutes * MINUTE_MS)));
  const to = Math.max(...attributes.map(({ since }) => hourOf(since)));
  const partitions = attributes.length > 0 ? await listPartitions(env, site, Math.max(0, from - 1), to) : [];
  const rememberedMs = (Number(env.DEDUP_HORIZON_DAYS) + QUEUE_RETENTION_DAYS) * DAY_MS;
  // An hour later than remembered: as long as the pass over a range may take.
  const countFrom = Math.max((from - 1) * HOUR_MS, Date.now() - rememberedMs + HOUR_MS);
  return { attributes, partitions, countFrom };
}

/** Into how many ranges the ledgers of these hours are cut: a power of two. */
export function rangesFor({ partitions }: Pick<HistoryRead, 'partitions'>): number {
  const rows = partitions.reduce((sum, { files }) => sum + files.reduce((all, file) => all + file.rows, 0), 0);
  let ranges = 1;
  while (rows / ranges > RANGE_EVENTS && ranges < MAX_RANGES) ranges *= 2;
  return ranges;
}
