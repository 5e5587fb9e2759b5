import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Rule } from '../../../core/merchandising/document.ts';
import { audienceOf, faultsAt, freeName, inOrder, moveRule } from './model.ts';

const rule = (name: string, priority = 0): Rule => ({ name, priority, enabled: true, actions: [] });
const namesOf = (rules: readonly Rule[]) => inOrder(rules).map(({ rule: { name } }) => name);

describe('the order of rules', () => {
  it('is that of priorities, then of the document', ({ expect }) => {
    expect(namesOf([rule('a'), rule('b', 5), rule('c'), rule('d', -1)])).toEqual(['b', 'a', 'c', 'd']);
  });

  it('becomes what was wanted, and no other rule’s priority changes', ({ expect }) => {
    const document = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(document, fc.nat(11), fc.nat(11), (priorities, from, to) => {
        const rules = priorities.map((priority, at) => rule(`r${at}`, priority));
        const before = namesOf(rules);
        fc.pre(from < before.length && to < before.length);
        const moved = before[from] ?? '';
        const wanted = before.filter((one) => one !== moved);
        wanted.splice(to, 0, moved);
        const after = moveRule(rules, from, to);
        expect(namesOf(after)).toEqual(wanted);
        for (const { name, priority } of after)
          if (name !== moved) expect(priority).toBe(rules.find((one) => one.name === name)?.priority);
      }),
    );
  });
});

describe('what the console reads of a rule', () => {
  it('is whom it is for', ({ expect }) => {
    expect(audienceOf(undefined)).toEqual({ kind: 'everyone' });
    expect(audienceOf(' segments.vip ')).toEqual({ kind: 'segment', segment: 'vip' });
    expect(audienceOf('segments.vip && true')).toEqual({ kind: 'condition', source: 'segments.vip && true' });
  });

  it('is a name that is free, and the mistakes of its members', ({ expect }) => {
    expect(freeName('New', ['New', 'New 2'])).toBe('New 3');
    const faults = ['rules.1.when', 'rules.1', 'rules.10.when', 'rules.1.actions.0.where'].map((path) => ({
      path,
      message: '',
    }));
    expect(faultsAt(faults, 'rules.1').map(({ path }) => path)).toEqual(['rules.1']);
    expect(faultsAt(faults, 'rules.1', true)).toHaveLength(3);
  });
});
