import type { ReplayedSession } from '../../core/profile/replay-sessions.ts';
import { sessionId } from '../../core/profile/session-id.ts';
import { REPLAYED } from '../../core/recommend/session-update.ts';
import { erasedSince } from '../../stores/lake/erased.ts';
import { feedGeneration } from '../../stores/model/feed-sessions.ts';
import type { IndexBuild } from '../../stores/model/index-row.ts';
import { shardStubs } from '../../stores/objects/shards.ts';
import { chunked } from '../../stores/statements.ts';

/** Profiles whose sessions are removed in one call of a shard. */
const PREFIXES_AT_ONCE = 5_000;

/**
 * Sends sessions of the lake to a generation, but for those of who was erased. An erasure that begins meanwhile writes itself down before it
 * empties the shards: what came after it is found by a second look and removed again.
 */
export async function feedReplayed(
  env: Env,
  site: string,
  build: IndexBuild,
  sessions: readonly ReplayedSession[],
): Promise<void> {
  if (sessions.length === 0) return;
  const before = await erasedSince(env, site, build.erasuresFrom);
  const kept = sessions.filter((session) => !isErased(before, session));
  await feedGeneration(
    env,
    site,
    build,
    kept.map(({ prefix, start, endedAt, items }) => ({
      id: sessionId(prefix, start),
      version: REPLAYED,
      endedAt,
      items,
    })),
  );
  const after = await erasedSince(env, site, build.erasuresFrom);
  const late = kept.filter((session) => isErased(after, session));
  await removeReplayed(env, site, build, [...new Set(late.map(({ prefix }) => prefix))]);
}

/** Removes all sessions of some profiles that a generation has from the lake; what the profiles themselves have told it since stays. */
export async function removeReplayed(
  env: Env,
  site: string,
  build: IndexBuild,
  prefixes: readonly string[],
): Promise<void> {
  for (const some of chunked(prefixes, PREFIXES_AT_ONCE)) {
    const request = { v: 1 as const, prefixes: some, until: Number.MAX_SAFE_INTEGER, onlyReplayed: true };
    for (const shard of shardStubs(env, site, build)) await shard.erase(request);
  }
}

/** Whether a session is of a ledger, or names a user on it, that was erased after it. */
function isErased(erased: ReadonlyMap<string, number>, { hashes, endedAt }: ReplayedSession): boolean {
  return erased.size > 0 && hashes.some((hash) => endedAt <= (erased.get(hash) ?? 0));
}
