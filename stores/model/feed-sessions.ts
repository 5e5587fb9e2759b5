import { shardOf } from '../../core/recommend/placement.ts';
import type { SessionUpdate } from '../../core/recommend/session-update.ts';
import { staggered } from '../breathe.ts';
import { type Generation, shardStub } from '../objects/shards.ts';
import { fedGenerations, readIndex } from './index-row.ts';

/** Sends changed sessions to a site's index: to the generation that serves and to one that is being built. */
export async function feedSessions(env: Env, site: string, sessions: readonly SessionUpdate[]): Promise<void> {
  if (sessions.length === 0) return;
  const index = await readIndex(env, site);
  for (const generation of fedGenerations(index)) await feedGeneration(env, site, generation, sessions);
}

/** Sends sessions to the shards of their items: one call a shard. A removed session goes to all, since any may hold it. */
export async function feedGeneration(
  env: Env,
  site: string,
  index: Generation,
  sessions: readonly SessionUpdate[],
): Promise<void> {
  const { shards } = index;
  const byShard = new Map<number, SessionUpdate[]>();
  for (const session of sessions) {
    const targets =
      session.items.length === 0
        ? Array.from({ length: shards }, (_, n) => n)
        : session.items.map((item) => shardOf(item, shards));
    for (const shard of new Set(targets)) {
      const list = byShard.get(shard);
      if (list) list.push(session);
      else byShard.set(shard, [session]);
    }
  }
  await staggered(
    [...byShard].map(
      ([shard, list]) =>
        () =>
          shardStub(env, site, index, shard).apply({ v: 1, sessions: list }),
    ),
  );
}
