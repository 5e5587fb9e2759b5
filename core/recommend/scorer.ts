import type { Block } from './decode-block.ts';
import { RANKED } from './features.ts';
import type { ItemTable } from './item-table.ts';
import type { Ranker } from './ranker.ts';
import { type ModelFacts, Scan, type Visitor } from './scan.ts';

export interface Scored {
  readonly item: string;
  /** Between 0 and 1, falling with the place. */
  readonly score: number;
  /** The visitor's item that brought it. */
  readonly because: string;
}

/** Answers with the best items for a visitor: the scan's best candidates in the ranker's order, those beyond them in the scan's. */
export class Scorer {
  readonly scan: Scan;
  private readonly order = new Uint16Array(RANKED);

  constructor(table: ItemTable) {
    this.scan = new Scan(table);
  }

  /**
   * The best `limit` items, at least 1, at most 512.
   *
   * @param ranker orders the candidates by what comes next; without one they stay in the scan's order, which is what goes with all of them.
   * @param blockOf the block that holds an item's list, if it is there.
   */
  score(
    visitor: Visitor,
    blockOf: (item: string) => Block | undefined,
    facts: ModelFacts,
    ranker: Ranker | undefined,
    limit: number,
  ): Scored[] {
    const { scan, order } = this;
    const picks = scan.run(visitor, blockOf, facts, limit);
    const ranked = ranker ? Math.min(picks, RANKED) : 0;
    const scores = ranker?.score(scan.features, ranked) ?? scan.scores;
    for (let pick = 0; pick < ranked; pick += 1) {
      const score = scores[pick] as number;
      let at = pick;
      for (; at > 0 && (scores[order[at - 1] as number] as number) < score; at -= 1)
        order[at] = order[at - 1] as number;
      order[at] = pick;
    }
    const found: Scored[] = [];
    for (let place = 0; place < Math.min(limit, picks); place += 1) {
      const pick = place < ranked ? (order[place] as number) : place;
      found.push({
        item: scan.itemAt(pick),
        score: 1 / (place + 1),
        because: visitor.items[scan.because[pick] as number] ?? '',
      });
    }
    return found;
  }
}
