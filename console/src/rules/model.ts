import type { Action, Merchandising, Rule, SlotDefinition } from '../../../core/merchandising/document.ts';
import type { Fault } from '../base/client.ts';

/** Whom a rule is for. */
export type Audience =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'segment'; readonly segment: string }
  | { readonly kind: 'condition'; readonly source: string };

/** Whom a rule's condition means, where it is one of the simple ones. */
export function audienceOf(when: string | undefined): Audience {
  if (when === undefined) return { kind: 'everyone' };
  const segment = /^\s*segments\.([A-Za-z_]\w*)\s*$/.exec(when)?.[1];
  return segment === undefined ? { kind: 'condition', source: when } : { kind: 'segment', segment };
}

/** Rules as they hold: the greatest priority first, of equal ones as they stand. Each with its place in the document. */
export function inOrder(rules: readonly Rule[]): { readonly rule: Rule; readonly at: number }[] {
  return rules.map((rule, at) => ({ rule, at })).sort((a, b) => b.rule.priority - a.rule.priority || a.at - b.at);
}

/** Puts the rule that holds as the `from`-th to the `to`-th place, both from 0; its priority changes as little as that takes. */
export function moveRule(rules: readonly Rule[], from: number, to: number): Rule[] {
  const ordered = inOrder(rules).map(({ rule }) => rule);
  const [moved] = ordered.splice(from, 1);
  if (!moved) return [...rules];
  ordered.splice(to, 0, moved);
  const place = ordered.indexOf(moved);
  const above = ordered[place - 1]?.priority ?? Number.POSITIVE_INFINITY;
  const below = ordered[place + 1]?.priority ?? Number.NEGATIVE_INFINITY;
  ordered[place] = { ...moved, priority: Math.max(below, Math.min(above, moved.priority)) };
  return ordered;
}

/** A name that none of these has, e.g. "New rule 2". */
export function freeName(base: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.includes(`${base} ${number}`)) return `${base} ${number}`;
}

/** Slots that a site's document names: those it defines, and those of its rules. */
export function slotNames({ slots, rules }: Merchandising): string[] {
  return [...new Set([...Object.keys(slots), ...rules.flatMap((rule) => rule.slots ?? [])])].sort();
}

/** A slot as it is while nobody has said anything of it. */
export const NEW_SLOT: SlotDefinition = {
  strategies: ['for_you'],
  limit: 8,
  seen: 'hide',
  diversity: 0,
  explore: 0.05,
  layout: 'row',
  deadline: 400,
  content: {},
};

/** An action as it begins. */
export const NEW_ACTIONS: Readonly<Record<Action['do'], Action>> = {
  pin: { do: 'pin', items: [], place: 1 },
  boost: { do: 'boost', where: '', by: 2 },
  bury: { do: 'bury', where: '', by: 2 },
  exclude: { do: 'exclude', where: '' },
  strategy: { do: 'strategy', strategy: 'trending' },
  content: { do: 'content', content: '' },
  ranker: { do: 'ranker', ranker: 'shipped' },
};

export const ACTION_NAMES: Readonly<Record<Action['do'], string>> = {
  pin: 'Pin products at a place',
  boost: 'Show more of',
  bury: 'Show less of',
  exclude: 'Never show',
  strategy: 'Choose products another way',
  content: 'Show a banner',
  ranker: 'Order by another ranker',
};

export const STRATEGY_NAMES: Readonly<Record<SlotDefinition['strategies'][number], string>> = {
  for_you: 'For you',
  similar: 'Similar to the page’s product',
  trending: 'Popular right now',
  recently_viewed: 'Recently viewed',
  cart: 'Goes with the cart',
  bought_together: 'Bought with the page’s product',
};

export const RANKER_NAMES: Readonly<Record<Extract<Action, { do: 'ranker' }>['ranker'], string>> = {
  own: 'The one that your shop’s log has taught',
  shipped: 'The one that comes with Vitrine',
  none: 'None: as sessions bring them',
};

/** An action in words. */
export function actionWords(action: Action): string {
  switch (action.do) {
    case 'pin':
      return `pins ${action.items.length === 1 ? 'a product' : `${action.items.length} products`} at ${action.place}`;
    case 'boost':
      return `more of ${action.where || '…'}`;
    case 'bury':
      return `less of ${action.where || '…'}`;
    case 'exclude':
      return `never ${action.where || '…'}`;
    case 'strategy':
      return STRATEGY_NAMES[action.strategy].toLowerCase();
    case 'content':
      return `banner “${action.content}”`;
    case 'ranker':
      return action.ranker === 'none' ? 'no ranker' : `${action.ranker} ranker`;
  }
}

/** The mistakes of a member and, with `deep`, of what stands in it. */
export function faultsAt(faults: readonly Fault[], path: string, deep = false): Fault[] {
  return faults.filter((fault) => fault.path === path || (deep && fault.path.startsWith(`${path}.`)));
}
