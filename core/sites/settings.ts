import { z } from 'zod';
import { nameSchema } from '../attributes/definition.ts';
import { consentPolicySchema } from '../consent/policy.ts';
import { pathGlobSchema } from '../proxy/path-glob.ts';

/** What of a profile a page may read of its own visitor. */
const EXPOSABLE_FIELDS = [
  'firstSeenAt',
  'lastSeenAt',
  'userId',
  'sessions',
  'counts',
  'recentItems',
  'affinities',
  'cart',
  'orders',
  'consent',
] as const;

/** Headers, and cookies, that a site may keep of a request. */
const MAX_COLLECTED = 20;
const cookieNameSchema = z.string().regex(/^[\w-]{1,64}$/, 'must be 1–64 letters, digits, "_" or "-"');
const headerSchema = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9-]{1,64}$/, 'must be the name of a header')
  .refine((name) => !PRIVATE_HEADERS.test(name), 'is never kept: it says who somebody is, or where');
const cookieSchema = cookieNameSchema.refine(
  (name) => !PRIVATE_COOKIES.test(name),
  'is never kept: it proves who somebody is',
);
/** Headers that bear credentials, addresses of people, or the cookies as a whole. */
const PRIVATE_HEADERS =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-vitrine-.*|x-csrf.*|x-xsrf.*|x-api-key|forwarded|x-forwarded.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|via|cf-.*)$/;
/** Vitrine's own, and what sessions of shops are commonly called. */
const PRIVATE_COOKIES =
  /^(?:vitrine.*|__host-.*|__secure-.*|.*(?:sess|sid|auth|token|csrf|xsrf|jwt|login|remember).*)$/i;

/** What a site decides for itself; the column `settings` of the table `sites`, as JSON. */
export const siteSettingsSchema = z.strictObject({
  trustUnsignedLinks: z.boolean().default(false).meta({
    description:
      'Whether `identify` and `alias` from a page link without a proof. Whoever knows a user id could then read his profile’s effects.',
  }),
  consent: consentPolicySchema.prefault({}).meta({
    description:
      'What holds for a visitor who has not decided: `purposes`, those `granted` (all, unless said), other lists by `regions` ("EU", "DE", "US-CA"; the narrowest holds), and those refused to a browser with `globalPrivacyControl`.',
  }),
  erasedIds: z.enum(['drop', 'anew']).default('anew').meta({
    description:
      'What becomes of events that come for an id after its erasure: dropped, or the start of a new profile.',
  }),
  exposed: z
    .strictObject({
      fields: z.array(z.enum(EXPOSABLE_FIELDS)).default([...EXPOSABLE_FIELDS]),
      traits: z.array(z.string().min(1).max(64)).max(64).default([]),
      attributes: z.array(nameSchema).max(64).default([]),
      segments: z.array(nameSchema).max(64).default([]),
    })
    .prefault({})
    .meta({ description: 'What `GET /v/profile` shows a visitor of his own profile.' }),
  staff: z
    .strictObject({
      cookie: cookieNameSchema.default('vitrine_staff'),
      addresses: z
        .array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]))
        .max(100)
        .default([]),
    })
    .prefault({})
    .meta({
      description:
        'Who belongs to the shop, and counts in no experiment: who has this cookie, or comes from these addresses.',
    }),
  bots: z.enum(['mark', 'drop', 'keep']).default('mark').meta({
    description:
      'What becomes of events of bots, by their user agent: `mark` keeps them apart from people’s, in profiles and history; `drop` refuses them; `keep` takes them for people’s.',
  }),
  oddEvents: z.enum(['flag', 'refuse']).default('flag').meta({
    description:
      'What becomes of events of visitors whose numbers are unlike those of others of their type: `flag` takes them and tells of them; `refuse` keeps them as failed, from where they can be sent in.',
  }),
  collect: z
    .strictObject({
      headers: z.array(headerSchema).max(MAX_COLLECTED).default([]),
      cookies: z.array(cookieSchema).max(MAX_COLLECTED).default([]),
    })
    .prefault({})
    .meta({
      description:
        'Headers and cookies of a page’s request that its events keep, as `context.headers` and `context.cookies`; none else are kept, and none that say who somebody is.',
    }),
  failedEvents: z
    .strictObject({
      days: z.int().min(1).max(395).default(30),
      most: z.int().min(1_000).max(1_000_000).default(100_000),
    })
    .prefault({})
    .meta({ description: 'How long failed events are kept, and how many at most: the oldest go first.' }),
  proxy: z
    .strictObject({
      active: z.boolean().default(true),
      off: z.array(pathGlobSchema).max(100).default([]),
    })
    .prefault({})
    .meta({
      description:
        'Whether slots are filled in the shop’s pages that come through Vitrine, and paths whose pages stay untouched, e.g. "/checkout/*".',
    }),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;
