import { isDeepStrictEqual } from 'node:util';
import type { Difference } from './difference.ts';
import type { Merchandising } from './document.ts';

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
