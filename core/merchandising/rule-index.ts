import { boundedText } from '../cel/bounded-input.ts';
import type { Strategy } from '../decisions/strategy.ts';
import type { ReadyRule } from './compile.ts';

/** Rules that may hold somewhere, and what they want to know. */
export interface PossibleRules {
  /** In the order in which they hold. */
  readonly rules: readonly ReadyRule[];
  /** Whether one of them asks of the visitor's profile. */
  readonly asksProfile: boolean;
  /** Strategies that they may choose. */
  readonly strategies: readonly Strategy[];
}

/**
 * Rules by what their conditions need of the place: of many that are for one page, device or country each, only those are asked that may hold
 * there, and a profile that none of them asks for is not read (an index of predicates: Hanson et al., SIGMOD 1990).
 */
export class RuleIndex {
  /** Places, among all rules, of those that need nothing of the place. */
  private readonly anywhere: readonly number[];
  /** By member of the context and its text, of those that need it. */
  private readonly byNeed = new Map<string, Map<string, number[]>>();
  private readonly inNoPlace: PossibleRules;
  private readonly rules: readonly ReadyRule[];

  constructor(rules: readonly ReadyRule[]) {
    this.rules = rules;
    const anywhere: number[] = [];
    for (const [at, { needs }] of rules.entries()) {
      if (!needs) anywhere.push(at);
      else
        for (const { member, text } of needs) {
          const byText = this.byNeed.get(member) ?? new Map<string, number[]>();
          this.byNeed.set(member, byText);
          const places = byText.get(text) ?? [];
          byText.set(text, places);
          places.push(at);
        }
    }
    this.anywhere = anywhere;
    this.inNoPlace = this.those(anywhere);
  }

  /** The rules whose conditions do not rule this context out. */
  possible(context: Readonly<Record<string, unknown>>): PossibleRules {
    let found: Set<number> | undefined;
    for (const [member, byText] of this.byNeed) {
      const value = context[member];
      const places = typeof value === 'string' ? byText.get(boundedText(value)) : undefined;
      if (!places) continue;
      found ??= new Set(this.anywhere);
      for (const at of places) found.add(at);
    }
    return found ? this.those([...found].sort((a, b) => a - b)) : this.inNoPlace;
  }

  private those(places: readonly number[]): PossibleRules {
    const rules = places.map((at) => this.rules[at] as ReadyRule);
    return {
      rules,
      asksProfile: rules.some(({ asksProfile }) => asksProfile),
      strategies: rules.flatMap(({ actions }) =>
        actions.flatMap((action) => (action.do === 'strategy' ? [action.strategy] : [])),
      ),
    };
  }
}
