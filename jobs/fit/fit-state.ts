import { z } from 'zod';
import { qualitySchema } from '../../core/recommend/manifest.ts';

const trees = z.object({ features: z.array(z.int()), bins: z.array(z.int()), values: z.array(z.number()) });

/** How far a site's fit is. Each stage leaves what the next one starts from, so that a run that dies costs its stage at most. */
export const fitStateSchema = z.object({
  /** 1 before there were rates: such a fit begins anew, since its rows lack them. */
  v: z.literal(2),
  /** Names what the fit keeps in R2. */
  id: z.string(),
  /** `rows`: questions and lists are written. `trees`: the rows are written, too. */
  stage: z.enum(['rows', 'trees']),
  /** Keys of the lists' blocks, by shard and block. */
  blocks: z.array(z.array(z.string())),
  /** What the scan needs to know of the model without the questions' sessions. */
  facts: z.object({ sessions: z.int(), recentShare: z.number(), newestSeconds: z.int() }),
  /** R2 key of the rates that were known before the questions' sessions; null where there were none. */
  rates: z.string().nullable(),
  progress: z.object({ taught: trees, all: trees }),
});
export type FitState = z.infer<typeof fitStateSchema>;

/** What came of a fit, as it is told. */
export const fitOutcomeSchema = z.object({
  why: z.enum(['better', 'not_better', 'too_few_questions', 'too_few_sessions', 'refused', 'held']),
  endedAt: z.int(),
  questions: z.int(),
  usable: z.int(),
  checked: z
    .object({ questions: z.int(), present: qualitySchema, fitted: qualitySchema.optional() })
    .meta({
      description: 'On the newest questions, which were not fitted on: hit rate and mean reciprocal rank at 20.',
    })
    .optional(),
  refusals: z.array(z.string()).optional(),
});
export type FitOutcome = z.infer<typeof fitOutcomeSchema>;

/** A site's row. */
export interface FitRow {
  readonly begunAt: number;
  readonly state: FitState | undefined;
  readonly outcome: FitOutcome | undefined;
}

/** Reads a site's last fit; nothing when there was none. */
export async function readFit(env: Env, site: string): Promise<FitRow | undefined> {
  const row = await env.DB.prepare('SELECT begun_at, state, outcome FROM ranker_fits WHERE site = ?')
    .bind(site)
    .first<{ begun_at: number; state: string | null; outcome: string | null }>();
  if (!row) return undefined;
  const parse = <T>(schema: z.ZodType<T>, text: string | null) =>
    text === null ? undefined : schema.safeParse(JSON.parse(text)).data;
  return {
    begunAt: row.begun_at,
    state: parse(fitStateSchema, row.state),
    outcome: parse(fitOutcomeSchema, row.outcome),
  };
}

/** Writes how far a fit is, or with an outcome that it has ended. */
export async function writeFit(env: Env, site: string, row: FitRow): Promise<void> {
  const text = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  await env.DB.prepare('INSERT OR REPLACE INTO ranker_fits (site, begun_at, state, outcome) VALUES (?, ?, ?, ?)')
    .bind(site, row.begunAt, text(row.state), text(row.outcome))
    .run();
}
