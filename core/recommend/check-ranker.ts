import { type Manifest, type OwnRanker, ownRankerSchema } from './manifest.ts';
import { PRIOR_RANKER } from './prior-ranker.ts';
import type { RankerTrees } from './ranker.ts';

/** Characters of a ranker as JSON, at most: every isolate reads it with the manifest. */
export const MAX_RANKER_LENGTH = 16_384;

export type CheckedRanker =
  | { readonly ok: true; readonly ranker: OwnRanker }
  | { readonly ok: false; readonly refusals: string[] };

/**
 * Whether a ranker may serve a site: of its form and size, fitted for this site, and no worse than the one before on the newest questions.
 *
 * @param text as JSON, from wherever it comes.
 */
export function checkRanker(text: string, site: string): CheckedRanker {
  if (text.length > MAX_RANKER_LENGTH)
    return {
      ok: false,
      refusals: [`the ranker has ${text.length} characters, at most ${MAX_RANKER_LENGTH} are served`],
    };
  const parsed = ownRankerSchema.safeParse(jsonOf(text));
  if (!parsed.success)
    return {
      ok: false,
      refusals: parsed.error.issues.slice(0, 5).map(({ path, message }) => `${path.join('.') || 'ranker'}: ${message}`),
    };
  const { present, fitted } = parsed.data.checked;
  const refusals = [
    parsed.data.site !== site && `the ranker is of site "${parsed.data.site}", not of "${site}"`,
    fitted.hr20 + fitted.mrr20 < present.hr20 + present.mrr20 &&
      `on the newest questions it has HR@20 ${fitted.hr20} and MRR@20 ${fitted.mrr20}, the present one ${present.hr20} and ${present.mrr20}`,
  ].filter((refusal) => refusal !== false);
  return refusals.length > 0 ? { ok: false, refusals } : { ok: true, ranker: parsed.data };
}

/** What orders a model's candidates: the site's own ranker if it is one, else the shipped one. */
export function rankerOf({ site, ranker }: Pick<Manifest, 'site' | 'ranker'>): {
  readonly trees: RankerTrees;
  readonly own?: OwnRanker;
} {
  const checked = ranker === undefined ? undefined : checkRanker(JSON.stringify(ranker), site);
  return checked?.ok ? { trees: checked.ranker.trees, own: checked.ranker } : { trees: PRIOR_RANKER.trees };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
