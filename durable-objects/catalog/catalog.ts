import { DurableObject } from 'cloudflare:workers';
import type { ChangeOutcome, ItemChange } from '../../core/catalog/change.ts';
import type { Item } from '../../core/catalog/item.ts';
import type { CatalogSize } from '../../core/catalog/size.ts';
import { migrate } from '../storage/migrate.ts';
import { type CatalogChanges, ItemStore } from './item-store.ts';
import { movedFromD1 } from './move-from-d1.ts';
import { CATALOG_MIGRATIONS } from './schema.ts';

/** Changes that one call tells of. */
const CHANGES_TOLD = 1_000;

/** The products of one site. Its name is the site's id (`stores/catalog/catalog-stub.ts`). */
export class Catalog extends DurableObject<Env> {
  private readonly store: ItemStore;
  private moving: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, CATALOG_MIGRATIONS);
    this.store = new ItemStore(ctx.storage);
  }

  /** Makes changes in order, all that can be made; what became of each. `source` names who says so. */
  async apply(batch: { v: 1; changes: ItemChange[]; source: string }): Promise<ChangeOutcome[]> {
    await this.moved();
    return this.store.apply(batch.changes, batch.source, Date.now());
  }

  /** The products of these ids, those too that may not be shown, and the number of the newest change. */
  async read(ids: string[]): Promise<{ change: number; items: Item[] }> {
    await this.moved();
    return { change: this.store.counters().change, items: this.store.read(ids) };
  }

  /** What changed after a change, if that is little enough to be told. */
  async changesSince(change: number): Promise<CatalogChanges> {
    await this.moved();
    return this.store.changesSince(change, CHANGES_TOLD);
  }

  /** The first products that may be shown, in the catalogue's order: what a shop shows that knows nothing else. */
  async first(limit: number): Promise<Item[]> {
    await this.moved();
    return this.store.first(limit);
  }

  /** Products that may be shown and have come lately, the newest first. */
  async newest(limit: number): Promise<Item[]> {
    await this.moved();
    return this.store.newest(limit, Date.now());
  }

  /** Products that may be shown and are alike to one, by what the catalogue says of them, best first. */
  async related(id: string, limit: number): Promise<{ id: string; score: number }[]> {
    await this.moved();
    return this.store.related(id, limit);
  }

  /** Products that have all these words, the last as a beginning, best first. */
  async search(text: string, limit: number): Promise<Item[]> {
    await this.moved();
    return this.store.search(text, limit);
  }

  /** Products after an id, in the order of ids. */
  async page(after: string, limit: number): Promise<Item[]> {
    await this.moved();
    return this.store.page(after, limit);
  }

  /** Ids of the products that a source said last, after an id, in their order. */
  async idsOf(source: string, after: string, limit: number): Promise<string[]> {
    await this.moved();
    return this.store.idsOf(source, after, limit);
  }

  async size(): Promise<CatalogSize> {
    await this.moved();
    const { items, shown } = this.store.counters();
    return { items, shown };
  }

  /** Products that stood in D1, where they were kept before there was this object, come over once. */
  private async moved(): Promise<void> {
    if (this.ctx.storage.kv.get('moved')) return;
    this.moving ??= movedFromD1(this.env, this.ctx.id.name ?? '', (changes) =>
      this.store.apply(changes, 'api', Date.now()),
    )
      .then(() => this.ctx.storage.kv.put('moved', true))
      .finally(() => {
        this.moving = undefined;
      });
    await this.moving;
  }
}
