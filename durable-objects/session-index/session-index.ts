import { DurableObject } from 'cloudflare:workers';
import { createHash } from 'node:crypto';
import { encodeBlock } from '../../core/recommend/encode-block.ts';
import type { ItemSessions } from '../../core/recommend/item-sessions.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import { groupIntoBlocks, shardOf } from '../../core/recommend/partition.ts';
import { ITEMS_PER_SESSION, type SessionUpdate } from '../../core/recommend/session-update.ts';
import { trendingItems } from '../../core/recommend/trending.ts';
import { migrate } from '../storage/migrate.ts';
import { IndexStore } from './index-store.ts';
import { INDEX_MIGRATIONS } from './schema.ts';

/** Sessions that a shard holds at most; beyond it those in no list go, the oldest first by 30-day steps. */
const MAX_SESSIONS = 500_000;
const PRUNE_AGE_MS = 30 * 86_400_000;
/** Journal rows before the journal is folded into the checkpoint. */
const JOURNAL_ROWS = 200;
/** Items a shard names as trending. */
const TRENDING_ITEMS = 200;

/** What a shard tells before a model is published. */
export interface ShardSummary {
  /** Changes with each update that changed something, since the object woke; with `null` nothing is known yet. */
  readonly sessions: number;
  readonly counts: [item: string, sessions: number][];
  readonly trending: { item: string; score: number }[];
  /** Bytes of the lists, roughly. */
  readonly bytes: number;
}

/** The session index of a site's items whose hash falls on this shard. The object's name is `<site>/<shard>`. */
export class SessionIndex extends DurableObject<Env> {
  private readonly store: IndexStore;
  private readonly site: string;
  private readonly shard: number;
  private index: ItemSessions | undefined;
  private changed = true;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, INDEX_MIGRATIONS);
    this.store = new IndexStore(ctx.storage);
    const [site, shard] = (ctx.id.name ?? '').split('/');
    this.site = site ?? '';
    this.shard = Number(shard);
  }

  /** Takes sessions in: an upsert by id and version, stored as one row before the answer. */
  apply(batch: { v: 1; sessions: SessionUpdate[] }): void {
    const index = this.load();
    const fresh = batch.sessions
      .map((session) => ({ ...session, items: session.items.slice(-ITEMS_PER_SESSION) }))
      .filter((session) => index.upsert(session));
    if (fresh.length === 0) return;
    this.changed = true;
    try {
      this.store.append(fresh);
    } catch (error) {
      this.index = undefined;
      throw error;
    }
  }

  /** Whether anything came since the last `encode`. */
  hasChanged(): boolean {
    return this.changed;
  }

  /** What the publisher needs of every shard before any can encode. `now` in ms since 1970. */
  summary(now: number): ShardSummary {
    const index = this.load();
    let sessions = 0;
    let bytes = 0;
    for (const { items } of index.sessions.values()) {
      const [first] = items;
      if (first !== undefined && this.owns(first)) sessions += 1;
      bytes += 9 + items.length * 2;
    }
    return {
      sessions,
      counts: [...index.counts],
      trending: trendingItems(index.lists, index.counts, now, TRENDING_ITEMS),
      bytes,
    };
  }

  /**
   * Writes the shard's blocks to R2 and names them. A block is named by its content, so what has not changed is not written
   * again, and what a reader holds stays true for ever.
   */
  async encode(blocks: number, counts: [item: string, sessions: number][]): Promise<Manifest['shards'][number]> {
    const index = this.load();
    this.changed = false;
    this.compact(index);
    const countOf = new Map(counts);
    const partition = { shards: Number(this.env.INDEX_SHARDS), blocks };
    const written = groupIntoBlocks(index.lists, partition).map(async (lists) => {
      const bytes = encodeBlock(lists, (item) => countOf.get(item) ?? 1);
      const key = `models/${this.site}/blocks/${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
      if (!(await this.env.MODELS.head(key))) await this.env.MODELS.put(key, bytes);
      return { key, bytes: bytes.byteLength };
    });
    try {
      return await Promise.all(written);
    } catch (error) {
      this.changed = true;
      throw error;
    }
  }

  private compact(index: ItemSessions): void {
    if (index.sessions.size > MAX_SESSIONS) index.prune(Date.now() - PRUNE_AGE_MS);
    if (this.store.journalRows() < JOURNAL_ROWS) return;
    this.ctx.storage.transactionSync(() => this.store.checkpoint(index));
  }

  private load(): ItemSessions {
    this.index ??= this.store.load((item) => this.owns(item));
    return this.index;
  }

  private owns(item: string): boolean {
    return shardOf(item, Number(this.env.INDEX_SHARDS)) === this.shard;
  }
}
