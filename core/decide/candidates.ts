import type { ServedItem } from '../catalog/served-item.ts';
import type { RankerChoice } from '../recommend/ranker-choice.ts';

/** A candidate before its product is known. */
export interface Candidate {
  readonly item: string;
  readonly score: number;
  /** The visitor's item that brought it. */
  readonly because?: string | undefined;
}

/** Ids of products that are not to be brought. */
export type Barred = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'>;

/** Where candidates and products come from. */
export interface Sources {
  /** Whether there is a model. */
  readonly hasModel: boolean;
  /**
   * The best items for who had these, oldest first, each as often as he had it; none of `hidden`. In the order of a ranker, what comes next; without
   * one, what goes with all of them.
   */
  near(items: readonly string[], limit: number, hidden: Barred, ranker: RankerChoice): Promise<readonly Candidate[]>;
  /** What buyers have had in one order with a product, best first. */
  together(item: string, limit: number): Promise<readonly Candidate[]>;
  /** What the catalogue says is alike to a product, best first. */
  related(item: string, limit: number): Promise<readonly Candidate[]>;
  /** What many look at now; none of `hidden`. */
  popular(limit: number, hidden: Barred): readonly Candidate[];
  /** What many look at now in a category, best first. */
  popularIn(category: string): Promise<readonly Candidate[]>;
  /** Products by id; those that may not be shown are missing. */
  products(ids: Iterable<string>): Promise<ReadonlyMap<string, ServedItem>>;
  /** Ids of products that have come lately. */
  fresh(): readonly string[];
  /** The first products that may be shown, in the catalogue's order. */
  first(limit: number): Promise<readonly ServedItem[]>;
  /** Hears of what failed on a rung, before the next one is tried. */
  failed(rung: string, error: unknown): void;
}
