import type { Recommendation } from './recommend.ts';

/** Headers that say which tier served a read, why, and how long it took. Reads are personal: no cache may keep them. */
export function tierHeaders(
  recommendation: Pick<Recommendation, 'tier' | 'reason' | 'profileMs'>,
  totalMs: number,
): Record<string, string> {
  return {
    'vitrine-tier': recommendation.tier,
    'vitrine-reason': recommendation.reason,
    'server-timing': `profile;dur=${recommendation.profileMs}, total;dur=${totalMs}`,
    'cache-control': 'private, no-store',
  };
}
