import type { Strategy } from '../decisions/strategy.ts';
import type { RankerChoice } from '../recommend/ranker-choice.ts';

/** What is asked for. */
export interface Ask {
  readonly strategy: Strategy;
  readonly limit: number;
  /** The product of the page. */
  readonly item?: string | undefined;
  /** Whether what the visitor has seen may be shown to him again. Default: `hide`. */
  readonly seen?: 'hide' | 'show' | undefined;
  /** What orders the products that sessions bring as what comes next. Default: `own`. */
  readonly ranker?: RankerChoice | undefined;
  /** How many of its places, from the third on, go to products that have come lately; nothing: none. */
  readonly explore?: { readonly share: number; readonly chance: () => number } | undefined;
}
