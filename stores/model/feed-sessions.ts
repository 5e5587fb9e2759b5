import { shardOf } from '../../core/recommend/placement.ts';
import type { SessionUpdate } from '../../core/recommend/session-update.ts';
import { staggered } from '../breathe.ts';
import { shardStub } from '../objects/shards.ts';

/** Sends changed sessions to the shards of their items: one call a shard. A removed session goes to all, since any may hold it. */
export async function feedSessions(env: Env, site: string, sessions: readonly SessionUpdate[]): Promise<void> {
  const shards = Number(env.INDEX_SHARDS);
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
          shardStub(env, site, shard).apply({ v: 1, sessions: list }),
    ),
  );
}
