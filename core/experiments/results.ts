import { z } from 'zod';
import { DAY_MS } from '../time.ts';
import { confidenceSequence, difference, type Estimate, type Sample, sampleRatio } from './confidence.ts';
import type { ExperimentDefinition } from './definition.ts';
import { METRICS, type Metric, type Sums, type VariantSums } from './sums.ts';

/** One in twenty is wrong, over all looks and variants. */
const ALPHA = 0.05;
/** Below this the shares of visitors are not what was meant. */
const RATIO_ALPHA = 0.001;
/** Visitors of a variant, and conversions of all, before anything is said: below, means are not normal yet. */
const MIN_VISITORS = 100;
const MIN_CONVERSIONS = 25;
/** Revenue is kept in hundredths. */
const UNITS: Readonly<Record<Metric, number>> = {
  conversion: 1,
  orders: 1,
  revenue: 100,
  clicks: 1,
  attributed_revenue: 100,
  first_touch_revenue: 100,
  linear_revenue: 100,
  time_decay_revenue: 100,
};

const estimateSchema = z.object({ value: z.number(), low: z.number(), high: z.number() });
const metricsSchema = <T extends z.ZodType>(value: T) =>
  z.object(Object.fromEntries(METRICS.map((metric) => [metric, value])) as Record<Metric, T>);

export const VERDICTS = ['collecting', 'sample_ratio', 'better', 'worse', 'undecided'] as const;

const variantResultSchema = z.object({
  name: z.string(),
  visitors: z.int(),
  mixed: z.int().meta({ description: 'Visitors who were shown another variant too; they count for their first.' }),
  shown: z.int().meta({ description: 'Decisions that were seen.' }),
  means: metricsSchema(z.number()).meta({ description: 'Per visitor.' }),
  totals: metricsSchema(z.number()),
  against: z
    .object({
      verdict: z.enum(VERDICTS),
      words: z.string(),
      harmful: z.boolean().meta({ description: 'Whether it surely loses more orders than the guardrail allows.' }),
      difference: metricsSchema(estimateSchema).meta({ description: 'Per visitor, against the first variant.' }),
      uplift: metricsSchema(estimateSchema.nullable()).meta({ description: 'As a share of the first variant’s mean.' }),
      reduced: z
        .number()
        .meta({ description: 'The share of the variance that what visitors were before explains (CUPED).' }),
    })
    .nullable()
    .meta({ description: 'Null for the first variant. The intervals hold at every look.' }),
});

/** What is known of an experiment by now. */
export const resultsSchema = z.object({
  visitors: z.int(),
  currency: z.string().nullable(),
  sampleRatio: z.object({ p: z.number(), ok: z.boolean() }),
  verdict: z.enum(VERDICTS),
  words: z.string(),
  variants: z.array(variantResultSchema),
  days: z.array(
    z.object({
      day: z.string().meta({ description: 'Of the first impression, UTC.' }),
      variants: z.array(z.object({ visitors: z.int(), converted: z.int(), revenue: z.number() })),
    }),
  ),
});
export type Results = z.infer<typeof resultsSchema>;

/** What the sums over visitors say of an experiment. */
export function resultsOf(definition: ExperimentDefinition, sums: Sums, currency: string | null): Results {
  const variants = definition.variants.map((_, at) => sums[at]);
  const counts = variants.map((one) => one?.visitors ?? 0);
  const weights = definition.variants.reduce((sum, { weight }) => sum + weight, 0);
  const p = sampleRatio(
    counts,
    definition.variants.map(({ weight }) => weight / weights),
  );
  // A bandit's shares are not meant to stay.
  const ok = definition.allocation === 'bandit' || p >= RATIO_ALPHA;
  const conversions = variants.reduce((sum, one) => sum + (one?.metrics.conversion.y ?? 0), 0);
  const isReady =
    conversions >= MIN_CONVERSIONS && counts.every((n, at) => n >= MIN_VISITORS || weightOf(definition, at) === 0);
  const compared = variants.map((one, at) => ({
    name: definition.variants[at]?.name ?? String(at),
    visitors: one?.visitors ?? 0,
    mixed: one?.mixed ?? 0,
    shown: one?.shown ?? 0,
    means: perMetric((metric) => (one ? meanOf(one, metric) : 0)),
    totals: perMetric((metric) => (one?.metrics[metric].y ?? 0) / UNITS[metric]),
    against:
      at === 0
        ? null
        : against(definition, variants[0], one, at, !ok ? 'sample_ratio' : isReady ? undefined : 'collecting'),
  }));
  const [verdict, words] = overall(definition, compared, ok, isReady);
  return {
    visitors: counts.reduce((sum, n) => sum + n, 0),
    currency,
    sampleRatio: { p, ok },
    verdict,
    words,
    variants: compared,
    days: daysOf(variants),
  };
}

function weightOf({ variants }: ExperimentDefinition, at: number): number {
  return variants[at]?.weight ?? 0;
}

type Against = NonNullable<z.infer<typeof variantResultSchema>['against']>;
type Compared = z.infer<typeof variantResultSchema>;

/** A variant against the first. `before`: the verdict where none can be given. */
function against(
  { variants, expectedVisitors, goal, guardrail }: ExperimentDefinition,
  control: VariantSums | undefined,
  treated: VariantSums | undefined,
  at: number,
  before: 'sample_ratio' | 'collecting' | undefined,
): Against {
  const alpha = ALPHA / (variants.length - 1);
  const visitors = (control?.visitors ?? 0) + (treated?.visitors ?? 0);
  const nothing = { value: 0, variance: 0, reduced: 0 };
  const differences = perMetric((metric) =>
    control && treated && control.visitors > 1 && treated.visitors > 1
      ? difference(sampleOf(control, metric), sampleOf(treated, metric))
      : nothing,
  );
  const estimates = perMetric((metric) =>
    visitors === 0
      ? { value: 0, low: 0, high: 0 }
      : confidenceSequence(differences[metric].value, differences[metric].variance, visitors, expectedVisitors, alpha),
  );
  const uplift = perMetric((metric) => share(estimates[metric], control ? meanOf(control, metric) : 0));
  const { low, high } = estimates[goal];
  const verdict = before ?? (low > 0 ? 'better' : high < 0 ? 'worse' : 'undecided');
  const { orders } = uplift;
  return {
    verdict,
    words: wordsOf(variants[at]?.name ?? '', variants[0]?.name ?? '', goal, verdict, uplift[goal]),
    harmful: before === undefined && orders !== null && orders.high < -guardrail,
    difference: estimates,
    uplift,
    reduced: differences[goal].reduced,
  };
}

const GOALS: Readonly<Record<Metric, string>> = {
  conversion: 'visitors who order',
  orders: 'orders a visitor',
  revenue: 'revenue a visitor',
  clicks: 'clicks a visitor',
  attributed_revenue: 'revenue from clicked recommendations',
  first_touch_revenue: 'revenue from clicked recommendations, by first touch',
  linear_revenue: 'revenue from clicked recommendations, by all touches',
  time_decay_revenue: 'revenue from clicked recommendations, by how near they were',
};

function wordsOf(
  name: string,
  control: string,
  goal: Metric,
  verdict: (typeof VERDICTS)[number],
  uplift: Estimate | null,
): string {
  const between = uplift ? ` (${percent(uplift.low)} to ${percent(uplift.high)})` : '';
  switch (verdict) {
    case 'collecting':
      return `Too few visitors or orders to tell yet.`;
    case 'sample_ratio':
      return `The shares of visitors are not what was meant: something counts one variant more than another.`;
    case 'better':
      return `"${name}" brings more ${GOALS[goal]} than "${control}"${between}.`;
    case 'worse':
      return `"${name}" brings fewer ${GOALS[goal]} than "${control}"${between}.`;
    case 'undecided':
      return `Nothing is certain between "${name}" and "${control}" yet${between}.`;
  }
}

function overall(
  { goal }: ExperimentDefinition,
  compared: readonly Compared[],
  ok: boolean,
  isReady: boolean,
): [Results['verdict'], string] {
  if (!ok)
    return [
      'sample_ratio',
      'The shares of visitors are not what was meant. Find out why before you believe anything else: a variant that breaks a page, or one that bots see, loses its visitors.',
    ];
  if (!isReady) return ['collecting', 'Too few visitors or orders to tell yet. Let it run.'];
  const others = compared.filter(({ against }) => against !== null);
  const best = others
    .filter(({ against }) => against?.verdict === 'better')
    .toSorted((a, b) => (b.against?.difference[goal].value ?? 0) - (a.against?.difference[goal].value ?? 0))[0];
  if (best) return ['better', `${best.against?.words} End the experiment and make "${best.name}" what everybody sees.`];
  if (others.every(({ against }) => against?.verdict === 'worse'))
    return ['worse', `Nothing beats "${compared[0]?.name}". End the experiment and keep it.`];
  return ['undecided', 'Nothing is certain yet. Let it run, or end it if the interval is narrow enough for you.'];
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`;
}

function share({ value, low, high }: Estimate, mean: number): Estimate | null {
  return mean > 0 ? { value: value / mean, low: low / mean, high: high / mean } : null;
}

function meanOf({ visitors, metrics }: VariantSums, metric: Metric): number {
  return visitors === 0 ? 0 : metrics[metric].y / visitors / UNITS[metric];
}

function sampleOf({ visitors: n, before, metrics }: VariantSums, metric: Metric): Sample {
  const { y, yy, xy } = metrics[metric];
  const unit = UNITS[metric];
  return { n, y: y / unit, yy: yy / unit / unit, ...before, xy: xy / unit };
}

function perMetric<T>(of: (metric: Metric) => T): Record<Metric, T> {
  return Object.fromEntries(METRICS.map((metric) => [metric, of(metric)])) as Record<Metric, T>;
}

function daysOf(variants: readonly (VariantSums | undefined)[]): Results['days'] {
  const days = new Set(variants.flatMap((one) => Object.keys(one?.days ?? {}).map(Number)));
  return [...days]
    .sort((a, b) => a - b)
    .map((day) => ({
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      variants: variants.map((one) => {
        const { visitors = 0, converted = 0, revenue = 0 } = one?.days[day] ?? {};
        return { visitors, converted, revenue: revenue / UNITS.revenue };
      }),
    }));
}
