import * as z from 'zod/mini';
import { vitrineAccess } from './vitrine.ts';

const affinitySchema = z.object({ key: z.string(), score: z.number() });

const profileSchema = z.object({
  anonymousId: z.string(),
  lastSeenAt: z.nullable(z.number()),
  sessions: z.number(),
  counts: z.record(z.string(), z.number()),
  recentItems: z.array(z.object({ id: z.string(), at: z.number(), type: z.string() })),
  affinities: z.object({ category: z.array(affinitySchema), brand: z.array(affinitySchema) }),
  cart: z.array(z.object({ id: z.string(), quantity: z.number() })),
  orders: z.array(
    z.object({
      id: z.string(),
      at: z.number(),
      total: z.nullable(z.number()),
      currency: z.nullable(z.string()),
      items: z.array(z.string()),
    }),
  ),
});

/** The visitor's profile as `GET /v/profile` gives it; times in ms since 1970. */
export type Profile = z.infer<typeof profileSchema>;
export type Affinity = z.infer<typeof affinitySchema>;

/** A profile, or why there is none to show. */
export type ProfileRead =
  | { readonly outcome: 'known'; readonly profile: Profile; readonly ms: number }
  | { readonly outcome: 'no_visitor' | 'busy' | 'unreachable' };

const DEADLINE_MS = 5_000;

/** Asks Vitrine for the visitor's own profile. Never throws. */
export async function readProfile(): Promise<ProfileRead> {
  const { url, key } = vitrineAccess();
  const query = new URLSearchParams({ key });
  const anonymousId = window.vitrine?.anonymousId;
  if (anonymousId) query.set('anonymousId', anonymousId);
  const startedAt = performance.now();
  try {
    const response = await fetch(`${url}/v/profile?${query}`, {
      credentials: 'include',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (response.status === 400 || response.status === 403) return { outcome: 'no_visitor' };
    if (!response.ok) return { outcome: 'busy' };
    const profile = profileSchema.parse(await response.json());
    return { outcome: 'known', profile, ms: performance.now() - startedAt };
  } catch {
    return { outcome: 'unreachable' };
  }
}
