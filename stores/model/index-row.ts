import { z } from 'zod';
import type { Generation } from '../objects/shards.ts';

const generationSchema = z.object({ generation: z.int(), shards: z.int() });

/** A generation that is being built from the lake; times in ms since 1970. */
export const buildSchema = generationSchema.extend({
  v: z.literal(1),
  /** Names what the build keeps in R2. */
  id: z.string(),
  begunAt: z.int(),
  /** Erasures from then on may not be done everywhere yet. */
  erasuresFrom: z.int(),
  /** Lets its sessions be half or twice as many as those that serve. */
  acceptCounts: z.boolean(),
  /** `settle`: until every change reaches it too. `compact`: until the lake holds all from before. `lake`: its hours are read. */
  stage: z.enum(['settle', 'compact', 'lake']),
});
export type IndexBuild = z.infer<typeof buildSchema>;

/** What came of a build. */
export const buildOutcomeSchema = z.object({
  result: z.enum(['swapped', 'refused', 'abandoned']),
  endedAt: z.int(),
  shards: z.int(),
  sessions: z.int().optional(),
  /** Sessions of the generation that served before. */
  sessionsBefore: z.int().optional(),
  /** Blocks of the model that was published from it, and how many of them the model before had to the byte. */
  blocks: z.int().optional(),
  sameBlocks: z.int().optional(),
});
export type BuildOutcome = z.infer<typeof buildOutcomeSchema>;

const retiredSchema = generationSchema.extend({ since: z.int() });

/** A site's index as D1 has it. */
export interface IndexRow extends Generation {
  readonly build: IndexBuild | undefined;
  readonly outcome: BuildOutcome | undefined;
  /** Generations that serve no more, with when that was, until they are dropped. */
  readonly retired: readonly z.infer<typeof retiredSchema>[];
}

const rowSchema = z.object({
  generation: z.int(),
  shards: z.int().nullable(),
  build: z.string().nullable(),
  outcome: z.string().nullable(),
  retired: z.string(),
});

/** Reads what serves of a site's index, and what is being built. A site's first index has as many shards as `INDEX_SHARDS` says then, for good. */
export async function readIndex(env: Env, site: string): Promise<IndexRow> {
  const read = env.DB.prepare(
    'SELECT generation, shards, build, outcome, retired FROM session_indexes WHERE site = ?',
  ).bind(site);
  let row: unknown = await read.first();
  if (!row) {
    await env.DB.prepare(
      'INSERT INTO session_indexes (site, generation, shards) VALUES (?, 1, ?) ON CONFLICT DO NOTHING',
    )
      .bind(site, Number(env.INDEX_SHARDS))
      .run();
    row = await read.first();
  }
  const { generation, shards, build, outcome, retired } = rowSchema.parse(row);
  return {
    generation,
    shards: shards ?? Number(env.INDEX_SHARDS),
    build: build === null ? undefined : buildSchema.parse(JSON.parse(build)),
    outcome: outcome === null ? undefined : buildOutcomeSchema.parse(JSON.parse(outcome)),
    retired: z.array(retiredSchema).parse(JSON.parse(retired)),
  };
}

/** All generations that changes go to: the one that serves, and the one that is being built. */
export function fedGenerations({ generation, shards, build }: IndexRow): Generation[] {
  return build ? [{ generation, shards }, build] : [{ generation, shards }];
}

/**
 * Writes a site's index, unless somebody has changed it since it was read; whether it was done.
 *
 * @param read what was read: its generation and build must still be there.
 */
export async function writeIndex(env: Env, site: string, read: IndexRow, next: IndexRow): Promise<boolean> {
  const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  const { meta } = await env.DB.prepare(
    `UPDATE session_indexes SET generation = ?3, shards = ?4, build = ?5, outcome = ?6, retired = ?7
       WHERE site = ?1 AND generation = ?2 AND json_extract(build, '$.id') IS ?8`,
  )
    .bind(
      site,
      read.generation,
      next.generation,
      next.generation === 0 ? null : next.shards,
      text(next.build),
      text(next.outcome),
      JSON.stringify(next.retired),
      read.build?.id ?? null,
    )
    .run();
  return meta.changes > 0;
}
