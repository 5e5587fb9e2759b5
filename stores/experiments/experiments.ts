import { z } from 'zod';
import { freeRanges } from '../../core/experiments/assign.ts';
import {
  type BucketRange,
  EXPERIMENT_STATES,
  type ExperimentDefinition,
  type ExperimentState,
  experimentSchema,
  type RunningExperiment,
} from '../../core/experiments/definition.ts';
import { log } from '../log.ts';
import { isConstraintError } from '../statements.ts';

/** Experiments of a site that may run, or be paused, at once. */
export const MAX_RUNNING = 50;
/** A number is 16 bits in a token. */
const MAX_NUMBER = 65_535;

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
const rangesSchema = z.array(z.tuple([z.int(), z.int()]));
const rowSchema = z
  .object({
    number: z.int(),
    state: z.enum(EXPERIMENT_STATES),
    version: z.int(),
    definition: json(experimentSchema),
    layer: z.string(),
    ranges: json(rangesSchema),
    created_at: z.int(),
    started_at: z.int().nullable(),
    ended_at: z.int().nullable(),
  })
  .transform(({ created_at: createdAt, started_at: startedAt, ended_at: endedAt, ...row }) => ({
    ...row,
    createdAt,
    startedAt,
    endedAt,
  }));

/** An experiment as it is kept; times in ms since 1970. */
export type StoredExperiment = z.infer<typeof rowSchema>;

/** One thing that was done to an experiment. */
export interface HistoryEntry {
  readonly version: number;
  readonly at: number;
  readonly action: string;
  readonly note: string | null;
  readonly definition: ExperimentDefinition;
}

const COLUMNS = 'number, state, version, definition, layer, ranges, created_at, started_at, ended_at';

export async function listExperiments(env: Env, site: string): Promise<StoredExperiment[]> {
  const { results } = await env.DB.prepare(`SELECT ${COLUMNS} FROM experiments WHERE site = ? ORDER BY number DESC`)
    .bind(site)
    .all();
  return readable(site, results);
}

/** The experiment of a name, or of a number, as a number or written out. */
export async function readExperiment(
  env: Env,
  site: string,
  which: string | number,
): Promise<StoredExperiment | undefined> {
  const row = await env.DB.prepare(
    `SELECT ${COLUMNS} FROM experiments WHERE site = ?1 AND (name = ?2 OR number = ?3) ORDER BY name = ?2 DESC LIMIT 1`,
  )
    .bind(site, typeof which === 'number' ? null : which, /^\d{1,5}$/.test(String(which)) ? Number(which) : -1)
    .first();
  return row ? rowSchema.parse(row) : undefined;
}

/** The experiments that decide now, by number; one that this build cannot read decides nothing. */
export async function runningExperiments(env: Env, site: string): Promise<RunningExperiment[]> {
  const { results } = await env.DB.prepare(
    `SELECT ${COLUMNS} FROM experiments WHERE site = ? AND state = 'running' ORDER BY number`,
  )
    .bind(site)
    .all();
  return readable(site, results);
}

function readable(site: string, rows: readonly Record<string, unknown>[]): StoredExperiment[] {
  return rows.flatMap((row) => {
    const read = rowSchema.safeParse(row);
    if (!read.success) log('experiment_unreadable', { site, number: Number(row.number), error: read.error.message });
    return read.data ?? [];
  });
}

/** The bandits that run, of all sites. */
export async function banditExperiments(
  env: Env,
): Promise<{ readonly site: string; readonly experiment: StoredExperiment }[]> {
  const { results } = await env.DB.prepare(
    `SELECT site, ${COLUMNS} FROM experiments WHERE state = 'running' AND json_extract(definition, '$.allocation') = 'bandit'`,
  ).all<{ site: string }>();
  return results.flatMap((row) => readable(row.site, [row]).map((experiment) => ({ site: row.site, experiment })));
}

/** Why an experiment is not as it was asked to be. */
export type Refused = 'name_taken' | 'too_many' | 'layer_full' | 'changed_meanwhile';

/** Keeps a new experiment as a draft, under the next number of the site. */
export async function createExperiment(
  env: Env,
  site: string,
  definition: ExperimentDefinition,
  now: number,
): Promise<StoredExperiment | Refused> {
  const { name } = definition;
  const text = JSON.stringify(definition);
  const number = '(SELECT COALESCE(MAX(number), 0) FROM experiments WHERE site = ?1)';
  const [inserted] = await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO experiments (site, number, name, state, version, definition, layer, ranges, created_at)
       SELECT ?1, ${number} + 1, ?2, 'draft', 1, ?3, ?4, '[]', ?5 WHERE ${number} < ${MAX_NUMBER} ON CONFLICT DO NOTHING`,
    ).bind(site, name, text, definition.layer ?? `#${name}`, now),
    env.DB.prepare(
      `INSERT INTO experiment_history (site, number, version, at, action, definition)
       SELECT site, number, 1, ?3, 'created', definition FROM experiments WHERE site = ?1 AND name = ?2 AND version = 1
       ON CONFLICT DO NOTHING`,
    ).bind(site, name, now),
  ]);
  if (!inserted?.meta.changes) return (await readExperiment(env, site, name)) ? 'name_taken' : 'too_many';
  return (await readExperiment(env, site, name)) ?? 'changed_meanwhile';
}

/** What is done to an experiment. */
export interface Step {
  readonly action: string;
  readonly note: string | undefined;
  readonly state: ExperimentState;
  readonly definition?: ExperimentDefinition;
}

/** Takes an experiment, as it was read, one step on; with an entry in its history. Nobody else may have done so meanwhile. */
export async function stepExperiment(
  env: Env,
  site: string,
  before: StoredExperiment,
  { action, note, state, definition = before.definition }: Step,
  now: number,
): Promise<StoredExperiment | Refused> {
  const layer = definition.layer ?? `#${definition.name}`;
  const starts = state === 'running' && before.state === 'draft';
  let ranges: readonly BucketRange[] = before.ranges;
  let others = '';
  if (starts) {
    const all = await listExperiments(env, site);
    const active = all.filter((one) => one.state === 'running' || one.state === 'paused');
    if (active.length >= MAX_RUNNING) return 'too_many';
    const beside = active.filter((one) => one.layer === layer);
    const free = freeRanges(
      beside.flatMap((one) => one.ranges),
      definition.traffic,
    );
    if (!free) return 'layer_full';
    ranges = free;
    // Two that start at once would take the same buckets.
    others = `AND (SELECT COUNT(*) FROM experiments WHERE site = ?1 AND layer = ?6 AND state IN ('running', 'paused')) = ${beside.length}`;
  }
  const stepped = env.DB.batch([
    env.DB.prepare(
      `UPDATE experiments SET name = ?9, state = ?4, version = version + 1, definition = ?5, layer = ?6, ranges = ?7,
         started_at = ${starts ? '?8' : 'started_at'}, ended_at = ${state === 'ended' ? '?8' : 'ended_at'}
       WHERE site = ?1 AND number = ?2 AND version = ?3 AND ?8 > 0 ${others}`,
    ).bind(
      ...[site, before.number, before.version, state, JSON.stringify(definition), layer, JSON.stringify(ranges), now],
      definition.name,
    ),
    env.DB.prepare(
      `INSERT INTO experiment_history (site, number, version, at, action, note, definition)
       SELECT site, number, version, ?4, ?5, ?6, definition FROM experiments WHERE site = ?1 AND number = ?2 AND version = ?3
       ON CONFLICT DO NOTHING`,
    ).bind(site, before.number, before.version + 1, now, action, note ?? null),
  ]);
  const outcome = await stepped.catch((error) => {
    if (isConstraintError(error)) return 'name_taken' as const;
    throw error;
  });
  if (outcome === 'name_taken') return outcome;
  if (!outcome[0]?.meta.changes) return 'changed_meanwhile';
  return (await readExperiment(env, site, before.number)) ?? 'changed_meanwhile';
}

/** Forgets a draft, with its history; its number goes to the next. */
export async function deleteDraft(env: Env, site: string, { number, version }: StoredExperiment): Promise<void> {
  const draft = `site = ?1 AND number = ?2 AND EXISTS
    (SELECT 1 FROM experiments WHERE site = ?1 AND number = ?2 AND version = ?3 AND state = 'draft')`;
  await env.DB.batch(
    ['experiment_history', 'experiments'].map((table) =>
      env.DB.prepare(`DELETE FROM ${table} WHERE ${draft}`).bind(site, number, version),
    ),
  );
}

/** What was done to an experiment, the newest first. */
export async function experimentHistory(env: Env, site: string, number: number): Promise<HistoryEntry[]> {
  const { results } = await env.DB.prepare(
    'SELECT version, at, action, note, definition FROM experiment_history WHERE site = ? AND number = ? ORDER BY version DESC LIMIT 200',
  )
    .bind(site, number)
    .all<{ version: number; at: number; action: string; note: string | null; definition: string }>();
  return results.map((row) => ({ ...row, definition: experimentSchema.parse(JSON.parse(row.definition)) }));
}
