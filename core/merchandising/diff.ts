import { isDeepStrictEqual } from 'node:util';
import type { Merchandising } from './document.ts';

/** One difference of two documents: a slot or rule that is new, gone or other, the switch, or the order of the rules. */
export interface Difference {
  readonly what: 'slot' | 'rule' | 'active' | 'order';
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What differs from one document to another, by name. */
export function differences(before: Merchandising, after: Merchandising): Difference[] {
  const found: Difference[] = [];
  if (before.active !== after.active)
    found.push({ what: 'active', name: 'active', change: 'changed', before: before.active, after: after.active });
  found.push(...ofNamed('slot', new Map(Object.entries(before.slots)), new Map(Object.entries(after.slots))));
  const rules = ({ rules: all }: Merchandising) => new Map(all.map((rule) => [rule.name, rule]));
  found.push(...ofNamed('rule', rules(before), rules(after)));
  const order = (one: Merchandising, other: Merchandising) => {
    const names = new Set(other.rules.map(({ name }) => name));
    return one.rules.map(({ name }) => name).filter((name) => names.has(name));
  };
  const [was, is] = [order(before, after), order(after, before)];
  if (was.join('\n') !== is.join('\n'))
    found.push({ what: 'order', name: 'rules', change: 'changed', before: was, after: is });
  return found;
}

function ofNamed(
  what: 'slot' | 'rule',
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name): Difference[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (isDeepStrictEqual(was, is)) return [];
    if (was === undefined) return [{ what, name, change: 'added', after: is }];
    if (is === undefined) return [{ what, name, change: 'removed', before: was }];
    return [{ what, name, change: 'changed', before: was, after: is }];
  });
}
