import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../test/material/runs.ts';
import { boundedInput } from '../cel/bounded-input.ts';
import { CEL_LIMITS } from '../cel/limits.ts';
import { compile, type Plan } from './compile.ts';
import { effectsOf, type RuleInput } from './effects.ts';
import { slotPlan } from './slot-plan.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const MEMBERS = ['device', 'country', 'page', 'hour'] as const;
const LONG = '/'.padEnd(CEL_LIMITS.inputTextLength, 'x');
const TEXTS = ['mobile', 'AT', '/', '', LONG];

const text = fc.constantFrom(...TEXTS);
const member = fc.constantFrom(...MEMBERS).chain((name) => fc.constantFrom(`context.${name}`, `context["${name}"]`));
const literal = text.map((value) => JSON.stringify(value));
/** Conditions of every form: those that need a text, those that do not, and what combines them. */
const { when } = fc.letrec<{ when: string }>((tie) => ({
  when: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.tuple(member, literal).map(([name, value]) => `${name} == ${value}`),
    fc.tuple(member, literal).map(([name, value]) => `${value} == ${name}`),
    fc.tuple(member, literal).map(([name, value]) => `${name} != ${value}`),
    fc.tuple(member, fc.array(literal, { maxLength: 3 })).map(([name, values]) => `${name} in [${values.join(', ')}]`),
    fc.tuple(member, member).map(([one, other]) => `${one} == ${other}`),
    fc.tuple(member, literal).map(([name, value]) => `string(${name}).startsWith(${value})`),
    fc.constantFrom('visitor.sessions > 2', '"vip" in segments', 'context.hour < 3', 'true', 'context.city == "AT"'),
    fc.tuple(tie('when'), tie('when')).map(([one, other]) => `(${one}) && (${other})`),
    fc.tuple(tie('when'), tie('when')).map(([one, other]) => `(${one}) || (${other})`),
    tie('when').map((one) => `!(${one})`),
    fc.tuple(tie('when'), tie('when'), tie('when')).map(([one, two, three]) => `(${one}) ? (${two}) : (${three})`),
  ),
}));
const value = fc.oneof(text, fc.constantFrom<unknown>(`${LONG}more`, 3, true, null, ['AT']));
const input: fc.Arbitrary<RuleInput> = fc.record(
  {
    visitor: fc.record({ sessions: fc.integer({ min: 0, max: 5 }) }, { noNullPrototype: true }),
    segments: fc.constantFrom({}, { vip: true }),
    attributes: fc.constant({}),
    context: fc.record(
      { device: value, country: value, page: value, hour: value },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
);

function planOf(whens: readonly string[]): Plan {
  const rules = whens.map((condition, n) => ({
    name: `rule ${n}`,
    ...(condition !== '' && { when: condition }),
    actions: [{ do: 'pin', items: [`p${n}`], place: 1 }],
  }));
  const compiled = compile({ rules, slots: { home: {} } });
  if ('faults' in compiled) throw new Error(JSON.stringify(compiled.faults));
  return compiled;
}

describe('the index of rules', () => {
  it('leaves out no rule that holds, whatever its condition, and keeps their order', ({ expect }) => {
    const whens = fc.array(
      fc.oneof(
        when.filter((one) => one.length <= CEL_LIMITS.sourceLength),
        fc.constant(''),
      ),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(whens, fc.array(input, { minLength: 1, maxLength: 4 }), (conditions, inputs) => {
        const plan = planOf(conditions);
        for (const one of inputs) {
          const bounded = boundedInput(one) as Record<string, unknown>;
          const hold = plan.rules.flatMap(({ name, when }) =>
            when?.evaluate(bounded, NOW).holds === false ? [] : name,
          );
          const { rules } = slotPlan(plan, 'home').rules.possible(one.context);
          expect(effectsOf(plan, 'home', rules, () => one, NOW).pins.map(({ rule }) => rule)).toEqual(hold);
        }
      }),
      { numRuns: runs(300) },
    );
  });

  it('asks only rules for this place, and of the visitor only what they ask', ({ expect }) => {
    const { rules } = slotPlan(
      planOf([
        '',
        'context.country == "AT" && "vip" in segments',
        'context.device == "mobile" && (context.page in ["/a", "/b"] || context.country == "DE")',
        'context.page == "/a" || context.page == "/c"',
      ]),
      'home',
    );
    const at = (context: RuleInput['context']) => {
      const possible = rules.possible(context);
      return [possible.rules.map(({ name }) => name.slice(5)).join(), possible.asksProfile];
    };
    expect(at({})).toEqual(['0', false]);
    expect(at({ country: 'AT' })).toEqual(['0,1', true]);
    expect(at({ country: 'AT', device: 'mobile' })).toEqual(['0,1,2', true]);
    expect(at({ country: 'DE', page: '/c' })).toEqual(['0,3', false]);
  });
});
