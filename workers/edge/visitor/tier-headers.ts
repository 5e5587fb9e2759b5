import { z } from 'zod';
import { TIERS, type Tier } from '../../../core/decisions/tier.ts';

/** Headers of every read. */
export const tierHeadersSchema = z.object({
  'vitrine-tier': z.enum(TIERS),
  'vitrine-reason': z
    .string()
    .meta({ description: 'Why this tier served, e.g. "live_profile" or "profile_deadline".' }),
  'server-timing': z.string(),
});

/** Headers that say which tier served a read, why, and how long it took. Reads are personal: no cache may keep them. */
export function tierHeaders(
  read: { readonly tier: Tier; readonly reason: string; readonly profileMs: number },
  totalMs: number,
): Record<string, string> {
  return {
    'vitrine-tier': read.tier,
    'vitrine-reason': read.reason,
    'server-timing': `profile;dur=${read.profileMs}, total;dur=${totalMs}`,
    'cache-control': 'private, no-store',
  };
}
