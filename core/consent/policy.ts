import { z } from 'zod';
import { BUILTIN_PURPOSES, type Choices, MAX_PURPOSES, purposeSchema } from './purposes.ts';

const purposes = z.array(purposeSchema).max(MAX_PURPOSES);

/** What holds at a site for a visitor who has not decided, and which of its purposes Global Privacy Control refuses. */
export const consentPolicySchema = z
  .strictObject({
    /** Everything that the site asks consent for. */
    purposes: purposes.default([...BUILTIN_PURPOSES]),
    /** Granted to a visitor who has not decided; all purposes unless said otherwise. */
    granted: purposes.optional(),
    /** As `granted`, where a visitor is: `EU`, a country such as `DE`, or a country's region such as `US-CA`; the narrowest holds. */
    regions: z
      .record(z.string().regex(/^(EU|[A-Z]{2}(-[A-Z0-9]{1,3})?)$/, 'must be "EU", "DE" or "US-CA"'), purposes)
      .refine((regions) => Object.keys(regions).length <= 300, 'at most 300 regions')
      .default({}),
    /** Purposes by the names that the site's consent manager gives its categories, e.g. `{ "C0002": ["analytics"] }`. */
    categories: z
      .record(z.string().min(1).max(128), purposes)
      .refine((categories) => Object.keys(categories).length <= 64, 'at most 64 categories')
      .default({}),
    /** Refused to a browser that sends `Sec-GPC: 1`, whatever else it says. */
    globalPrivacyControl: purposes.default(['marketing']),
  })
  .superRefine(({ purposes: known, granted, regions, categories, globalPrivacyControl }, context) => {
    const lists: [path: string[], names: readonly string[]][] = [
      [['granted'], granted ?? []],
      [['globalPrivacyControl'], globalPrivacyControl],
      ...Object.entries(regions).map(([region, names]): [string[], string[]] => [['regions', region], names]),
      ...Object.entries(categories).map(([name, names]): [string[], string[]] => [['categories', name], names]),
    ];
    for (const [path, names] of lists) {
      for (const name of names)
        if (!known.includes(name) && !(path[0] === 'globalPrivacyControl' && name === 'marketing'))
          context.addIssue({
            code: 'custom',
            path,
            message: `"${name}" is none of the site's purposes: ${known.join(', ')}`,
          });
    }
  });
export type ConsentPolicy = z.infer<typeof consentPolicySchema>;

/** What a request tells of where its visitor is and what his browser asks for. */
export interface ConsentSignals {
  /** ISO 3166-1 code. */
  readonly country?: string | undefined;
  /** ISO 3166-2 code without the country. */
  readonly region?: string | undefined;
  readonly inEuropeanUnion: boolean;
  /** `Sec-GPC: 1` (https://www.w3.org/TR/gpc/). */
  readonly globalPrivacyControl: boolean;
}

/** What holds for a visitor before he has decided anything. */
export interface ConsentDefaults {
  readonly purposes: readonly string[];
  readonly categories: Readonly<Record<string, readonly string[]>>;
  readonly granted: ReadonlySet<string>;
  /** Never granted to this request, whatever the visitor decided. */
  readonly refused: ReadonlySet<string>;
  /** `grantedPurposes` of a visitor who decided nothing. */
  readonly undecided: string[] | undefined;
}

/** The defaults of a site for a request: those of the narrowest place that the policy names. */
export function consentDefaults(policy: ConsentPolicy, signals: ConsentSignals): ConsentDefaults {
  const { country, region, inEuropeanUnion, globalPrivacyControl } = signals;
  const places = [
    country !== undefined && region !== undefined ? `${country}-${region}` : undefined,
    country,
    inEuropeanUnion ? 'EU' : undefined,
  ];
  const place = places.find((name) => name !== undefined && Object.hasOwn(policy.regions, name));
  const granted = (place === undefined ? undefined : policy.regions[place]) ?? policy.granted ?? policy.purposes;
  const defaults = {
    purposes: policy.purposes,
    categories: policy.categories,
    granted: new Set(granted),
    refused: new Set(globalPrivacyControl ? policy.globalPrivacyControl : []),
  };
  return { ...defaults, undecided: grantedPurposes(defaults, undefined) };
}

/** Whether a purpose is granted: not refused by the browser, and by the visitor's own choice where he made one. */
export function isGranted(
  defaults: Pick<ConsentDefaults, 'granted' | 'refused'>,
  choices: Choices | undefined,
  purpose: string,
): boolean {
  if (defaults.refused.has(purpose)) return false;
  return choices && Object.hasOwn(choices, purpose) ? choices[purpose] === true : defaults.granted.has(purpose);
}

/** The granted ones of the site's purposes; nothing when that is all of them. */
export function grantedPurposes(
  defaults: Omit<ConsentDefaults, 'undecided' | 'categories'>,
  choices: Choices | undefined,
): string[] | undefined {
  const granted = defaults.purposes.filter((purpose) => isGranted(defaults, choices, purpose));
  return granted.length === defaults.purposes.length ? undefined : granted;
}
