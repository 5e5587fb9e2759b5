import { DurableObject } from 'cloudflare:workers';
import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { encodeSteps, type ItemCounts } from '../../core/recommend/encode-block.ts';
import type { ItemSessions, ShardCount } from '../../core/recommend/item-sessions.ts';
import type { Manifest } from '../../core/recommend/manifest.ts';
import { groupIntoBlocks, shardOf } from '../../core/recommend/placement.ts';
import { ITEMS_PER_SESSION, type SessionUpdate } from '../../core/recommend/session-update.ts';
import { inSlices, WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { readShardName } from '../../stores/objects/shards.ts';
import { migrate } from '../storage/migrate.ts';
import { IndexStore } from './index-store.ts';
import { INDEX_MIGRATIONS } from './schema.ts';

/**
 * Sessions that a shard holds at most: at 20 items each some 60 MB of an isolate's 128. Beyond it a tenth goes at once, those that
 * no item's list holds first. A shop with more takes more shards.
 */
const MAX_SESSIONS = 120_000;
/** Changes before they are folded into the checkpoint. */
const CHANGE_ROWS = 200;
/** Blocks that are encoded and written at once. */
const BLOCKS_AT_ONCE = 2;
/** Work between which requests run, some milliseconds each: sessions looked at, items of sessions encoded, characters written. */
const SLICE = { sessions: 20_000, items: 10_000, characters: 400_000 } as const;
/** Items a shard names as trending. */
const TRENDING_ITEMS = 200;

/** What a shard tells before a model is published. */
export interface ShardSummary {
  readonly counts: ShardCount[];
  readonly trending: { item: string; score: number }[];
  /** Bytes of the lists, roughly. */
  readonly bytes: number;
}

/** The blocks that a shard has written. */
export interface EncodedShard {
  readonly blocks: Manifest['shards'][number];
  /** Those of their keys that were not there before. */
  readonly written: readonly string[];
  /** Number of the newest change that they hold. */
  readonly change: number;
}

/** What an erasure removes. */
export interface SessionErasure {
  readonly v: 1;
  /** Beginnings of the ids of the sessions, one for each profile (see `sessionPrefix`). */
  readonly prefixes: readonly string[];
  /** Only sessions that ended until then, ms since 1970. */
  readonly until: number;
  /** Only sessions that were made again from the lake and that nothing has changed since. */
  readonly onlyReplayed?: boolean;
}

/** The session index of a site's items whose hash falls on this shard. The object's name is that of `stores/objects/shards.ts`. */
export class SessionIndex extends DurableObject<Env> {
  private readonly store: IndexStore;
  private readonly site: string;
  private readonly shard: number;
  private readonly shards: number;
  private index: ItemSessions | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, INDEX_MIGRATIONS);
    this.store = new IndexStore(ctx.storage);
    const { site, shard, shards } = readShardName(env, ctx.id.name ?? '');
    this.site = site;
    this.shard = shard;
    this.shards = shards;
  }

  /** Takes sessions in: an upsert by id and version, stored as one row before the answer. */
  apply(batch: { v: 1; sessions: SessionUpdate[] }): void {
    const index = this.load();
    const fresh = batch.sessions
      .map((session) => ({ ...session, items: session.items.slice(-ITEMS_PER_SESSION) }))
      .filter((session) => index.upsert(session));
    if (fresh.length === 0) return;
    if (index.sessions.size > MAX_SESSIONS) index.evict(MAX_SESSIONS * 0.9);
    try {
      this.store.append(fresh);
    } catch (error) {
      this.index = undefined;
      throw error;
    }
  }

  /** Removes sessions of some profiles, also from what is stored. Returns how many went. */
  async erase({ prefixes, until, onlyReplayed = false }: SessionErasure): Promise<number> {
    const index = this.load();
    const erased = index.erase(new Set(prefixes), until, onlyReplayed);
    if (erased === 0) return 0;
    // A row without sessions: the model that serves is older than this change.
    this.store.append([]);
    await this.fold(index);
    return erased;
  }

  /** Whether the shard holds anything that the model that serves does not. */
  hasChanged(): boolean {
    return this.store.newest() > this.store.published();
  }

  /** The model made of `encode`'s answer is current now. */
  markPublished(change: number): void {
    if (change > this.store.published()) this.store.markPublished(change);
  }

  /** Forgets all, for good: the shard serves no more. */
  async drop(): Promise<void> {
    this.index = undefined;
    await this.ctx.storage.deleteAll();
  }

  /** When the sessions ended that the shard counts for all, seconds since 1970. */
  async ends(): Promise<Uint32Array<ArrayBuffer>> {
    const slice = new WorkSlice(SLICE.sessions, rest);
    const ends: number[] = [];
    for (const { items, endedAt } of this.load().sessions.values()) {
      const [first] = items;
      if (first !== undefined && this.owns(first)) ends.push(Math.floor(endedAt / 1_000));
      if (slice.spend(1)) await slice.pause();
    }
    return Uint32Array.from(ends);
  }

  /** What the publisher needs of every shard before any can encode. `now` in ms since 1970; recent is what ended in `sinceHour` or later. */
  async summary(now: number, sinceHour: number): Promise<ShardSummary> {
    const index = this.load();
    const slice = new WorkSlice(SLICE.sessions, rest);
    let bytes = 0;
    for (const { items } of index.sessions.values()) {
      bytes += 9 + items.length * 2;
      if (slice.spend(1)) await slice.pause();
    }
    const counts: ShardCount[] = [];
    for (const [item, sessions] of [...index.counts]) {
      counts.push([item, sessions, index.hours.since(item, sinceHour)]);
      if (slice.spend(1)) await slice.pause();
    }
    return {
      counts,
      trending: index.hours.trending(now, TRENDING_ITEMS),
      bytes,
    };
  }

  /** The shard's items by how many look at them now, best first. `now` in ms since 1970. */
  trending(now: number, limit: number): { item: string; score: number }[] {
    return this.load().hours.trending(now, limit);
  }

  /**
   * Writes the shard's blocks to R2 and names them. A block is named by its content, so what has not changed is not written
   * again, and what a reader holds stays true for ever.
   */
  async encode(blocks: number, counts: ShardCount[]): Promise<EncodedShard> {
    const index = this.load();
    const change = this.store.newest();
    index.hours.forget(Date.now());
    if (this.store.changeRows() >= CHANGE_ROWS) await this.fold(index);
    const countOf = countsOf(counts);
    const slice = new WorkSlice(SLICE.items, rest);
    const written: string[] = [];
    const write = async (lists: ReadonlyMap<string, readonly SessionUpdate[]>) => {
      const bytes = await inSlices(encodeSteps(lists, countOf), slice);
      const key = `models/${this.site}/blocks/${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
      if (!(await this.env.MODELS.head(key))) {
        await this.env.MODELS.put(key, bytes);
        written.push(key);
      }
      return { key, bytes: bytes.byteLength };
    };
    const groups = groupIntoBlocks(index.lists, { shards: this.shards, blocks });
    return { blocks: await pMap(groups, write, { concurrency: BLOCKS_AT_ONCE }), written, change };
  }

  /** The items of the sessions that the shard counts for all and that ended from `cutSeconds` on, with their ends in seconds. */
  async endedSince(cutSeconds: number): Promise<{ readonly end: number; readonly items: readonly string[] }[]> {
    const slice = new WorkSlice(SLICE.sessions, rest);
    const tail: { end: number; items: readonly string[] }[] = [];
    for (const { items, endedAt } of this.load().sessions.values()) {
      const end = Math.floor(endedAt / 1_000);
      const [first] = items;
      if (end >= cutSeconds && first !== undefined && this.owns(first)) tail.push({ end, items });
      if (slice.spend(1)) await slice.pause();
    }
    return tail;
  }

  /** Sessions of each item before `cutSeconds`, and how many of them ended from `sinceSeconds` on. */
  async countsBefore(cutSeconds: number, sinceSeconds: number): Promise<ShardCount[]> {
    const steps = this.load().before(cutSeconds, sinceSeconds, new Set());
    return (await inSlices(steps, new WorkSlice(SLICE.items, rest))).counts;
  }

  /** Writes the lists of `wanted` as they were before `cutSeconds` as blocks, under keys that begin with `prefix`; returns the keys, by block. */
  async encodeBefore(request: {
    readonly cutSeconds: number;
    readonly wanted: readonly string[];
    readonly counts: ShardCount[];
    readonly blocks: number;
    readonly prefix: string;
  }): Promise<string[]> {
    const { cutSeconds, blocks, prefix } = request;
    const wanted = new Set(request.wanted.filter((item) => this.owns(item)));
    const steps = this.load().before(cutSeconds, cutSeconds, wanted);
    const { lists } = await inSlices(steps, new WorkSlice(SLICE.items, rest));
    const countOf = countsOf(request.counts);
    const slice = new WorkSlice(SLICE.items, rest);
    const groups = groupIntoBlocks(lists, { shards: this.shards, blocks });
    return pMap(
      groups.entries(),
      async ([block, group]) => {
        const key = `${prefix}${this.shard}-${block}`;
        await this.env.MODELS.put(key, await inSlices(encodeSteps(group, countOf), slice));
        return key;
      },
      { concurrency: BLOCKS_AT_ONCE },
    );
  }

  private fold(index: ItemSessions): Promise<void> {
    return this.store.fold(index, () => new WorkSlice(SLICE.characters, rest));
  }

  private load(): ItemSessions {
    this.index ??= this.store.load((item) => this.owns(item));
    return this.index;
  }

  private owns(item: string): boolean {
    return shardOf(item, this.shards) === this.shard;
  }
}

/** Counts by item; one that nobody counted has one session. */
function countsOf(counts: readonly ShardCount[]): (item: string) => ItemCounts {
  const byItem = new Map(counts.map(([item, sessions, recent]) => [item, { sessions, recent }]));
  return (item) => byItem.get(item) ?? { sessions: 1, recent: 0 };
}
