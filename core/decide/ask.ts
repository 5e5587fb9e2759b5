import type { Strategy } from '../recommend/strategy.ts';

/** What is asked for. */
export interface Ask {
  readonly strategy: Strategy;
  readonly limit: number;
  /** The product of the page. */
  readonly item?: string | undefined;
  /** Whether what the visitor has seen may be shown to him again. Default: `hide`. */
  readonly seen?: 'hide' | 'show' | undefined;
}
