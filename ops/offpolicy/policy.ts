import { z } from 'zod';
import type { Policy } from '../../core/experiments/off-policy.ts';

/** Columns of the lake that a policy may look at. */
const CONTEXTS = ['device', 'country', 'region', 'browser', 'os', 'utm_source'] as const;

const chancesSchema = z
  .record(z.string(), z.number().min(0).max(1))
  .refine(
    (chances) => Math.abs(Object.values(chances).reduce((sum, chance) => sum + chance, 0) - 1) < 1e-6,
    'the probabilities must add up to 1',
  );

/** A policy that is to be judged from the log of an experiment: which variant it would give, with which probability. */
export const policySchema = z.strictObject({
  /** Name or number of the experiment whose chance wrote the log. */
  experiment: z.union([z.string().min(1), z.int()]),
  /** Of a visitor after his first impression: whether he ordered, whether he clicked, or what he spent. */
  reward: z.enum(['order', 'click', 'revenue']).default('order'),
  /** What the policy looks at; default: nothing. */
  context: z.enum(CONTEXTS).optional(),
  /** By value of the context: variants with their probabilities; "*" for all others. */
  policy: z.record(z.string(), chancesSchema).refine((cells) => '*' in cells, 'there must be a "*" for all others'),
});
export type PolicyFile = z.infer<typeof policySchema>;

/** Names in a policy that the experiment has not. */
export function unknownVariants({ policy }: PolicyFile, variants: readonly string[]): string[] {
  const named = new Set(Object.values(policy).flatMap((chances) => Object.keys(chances)));
  return [...named].filter((name) => !variants.includes(name));
}

export function policyOf({ policy }: PolicyFile): Policy {
  const cells = new Map(Object.entries(policy));
  return (context) => cells.get(context) ?? cells.get('*') ?? {};
}

/** Of each visitor his first impression of the experiment, with what came of it in the 30 days after; of the view `events`. */
export function logSql({ reward, context }: PolicyFile, number: number): string {
  const of = {
    order: `CAST(count(*) FILTER (later.type = 'order_completed') > 0 AS INTEGER)`,
    click: `CAST(count(*) FILTER (later.type = 'recommendation_clicked' AND json_extract_string(later.decision, '$.trials[*].number') @> ['${number}']) > 0 AS INTEGER)`,
    revenue: `coalesce(sum(later.total) FILTER (later.type = 'order_completed'), 0)`,
  }[reward];
  return `WITH trials AS (
      SELECT ledger, event_id, time, ${context === undefined ? "''" : `coalesce(${context}, '')`} AS context,
        unnest(from_json(json_extract(decision, '$.trials'), '[{"number":"INTEGER","variant":"INTEGER","propensity":"DOUBLE"}]')) AS trial
      FROM events WHERE type = 'recommendation_shown' AND decision IS NOT NULL AND NOT bot),
    first AS (
      SELECT * FROM trials WHERE trial.number = ${number}
      QUALIFY row_number() OVER (PARTITION BY ledger ORDER BY time, event_id) = 1)
    SELECT first.context AS context, first.trial.variant AS variant, first.trial.propensity AS propensity, ${of} AS reward
    FROM first LEFT JOIN events AS later ON later.ledger = first.ledger AND later.time >= first.time
      AND later.time < first.time + INTERVAL 30 DAY
    GROUP BY first.ledger, first.context, first.trial`;
}
