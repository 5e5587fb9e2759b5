import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../test/material/runs.ts';
import type { ServedItem } from '../catalog/served-item.ts';
import type { DecidedItem } from '../recommend/decided-item.ts';
import { arrange } from './arrange.ts';
import { compile, type Plan } from './compile.ts';
import { differences } from './diff.ts';
import { merchandisingSchema } from './document.ts';
import { effectsOf, NO_EFFECTS, type RuleInput } from './effects.ts';
import { slotPlan } from './slot-plan.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const KNOWN = { segments: ['vip'], attributes: ['views_24h'] };
const INPUT: RuleInput = {
  visitor: { known: true, sessions: 3, orders: 0, cart: [], recent: ['a'] },
  segments: { vip: true },
  attributes: { views_24h: 4n },
  context: { slot: 'home', device: 'mobile', country: 'AT' },
};
const item = (id: string, more: Partial<ServedItem> = {}): ServedItem => ({
  id,
  title: id,
  url: `/${id}`,
  available: true,
  ...more,
});
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const decided = (one: ServedItem): DecidedItem => ({ item: one, score: 1, reason: { code: 'trending', text: '' } });
const rule = (name: string, actions: object[], more: object = {}) => ({ name, actions, ...more });
function plan(document: object): Plan {
  const compiled = compile(document, KNOWN);
  if ('faults' in compiled) throw new Error(JSON.stringify(compiled.faults));
  return compiled;
}
const faultsOf = (document: unknown) => {
  const compiled = compile(document, KNOWN);
  return 'faults' in compiled ? compiled.faults : [];
};
const homeEffects = (of: Plan, now = NOW) =>
  effectsOf(of, 'home', slotPlan(of, 'home').rules.possible(INPUT.context).rules, () => INPUT, now);
const effects = (rules: object[], slot: object = {}) => homeEffects(plan({ rules, slots: { home: slot } }));

describe('a document', () => {
  it('is refused with the place of each mistake, and the names that there are', ({ expect }) => {
    const rules = [
      rule('a', [{ do: 'exclude', where: 'item.colour == "red"' }], {
        when: 'segments.vipp && context.contry == "AT"',
      }),
      rule(
        'a',
        [
          { do: 'boost', where: 'item.price >' },
          { do: 'content', content: 'sale' },
        ],
        { slots: ['home'] },
      ),
      rule('c', [{ do: 'exclude', where: 'item.title.matches("(a+)+")' }], { when: 'attributes.views_24h + 1' }),
    ];
    const faults = faultsOf({ rules, slots: { home: { filter: 'item' } } });
    expect(faults.map(({ path, message }) => [path, message.slice(0, 40)])).toEqual([
      ['slots.home.filter', expect.any(String)],
      ['rules.1.name', 'rule 1 has the name "a" already'],
      ['rules.0.when', 'segments has no "vipp"; there are: vip'],
      ['rules.0.when', expect.stringMatching(/^context has no "contry"; there are: /)],
      ['rules.0.actions.0.where', expect.stringMatching(/^item has no "colour"; there are: /)],
      ['rules.1.actions.0.where', expect.any(String)],
      ['rules.1.actions.1.content', 'there is no content "sale" in slot "home'],
      ['rules.2.when', expect.stringContaining('must be a bool')],
      ['rules.2.actions.0.where', expect.stringMatching(/^matches\(\) is not available/)],
    ]);
    expect(faults[3]).toMatchObject({ line: 1, column: 18, offset: 17 });
    // A mistake of one kind hides none of the other.
    const both = {
      rules: [
        {
          name: 'r',
          when: 'visitor.no',
          actions: [
            { do: 'pin', items: [] },
            { do: 'boost', where: 'item.no' },
          ],
        },
      ],
    };
    expect(faultsOf(both).map(({ path }) => path)).toEqual([
      'rules.0.actions.0.items',
      'rules.0.when',
      'rules.0.actions.1.where',
    ]);
    expect(faultsOf({ rules: [{}], slots: { 'a b': {} }, more: 1 }).map(({ path }) => path)).toEqual(
      expect.arrayContaining(['rules.0.name', 'rules.0.actions', 'slots.a b']),
    );
  });

  it('whatever it is, is ready or refused in words', ({ expect }) => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('item.price > 1', 'segments.vip', 'true', '((((', 'item["a"', '"\\'),
    );
    const action = fc.record({
      do: fc.constantFrom('pin', 'boost', 'exclude', 'content', 'x'),
      where: text,
      by: fc.double(),
      items: fc.array(text),
      content: text,
    });
    const document = fc.record(
      {
        slots: fc.dictionary(fc.string(), fc.record({ filter: text, limit: fc.integer() })),
        rules: fc.array(fc.record({ name: text, when: text, actions: fc.array(action) })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(document, fc.jsonValue()), (one) => {
        const compiled = compile(one, KNOWN);
        if ('faults' in compiled) expect(compiled.faults[0]?.message).toEqual(expect.any(String));
        else homeEffects(compiled).removedBy(item('a'));
      }),
      { numRuns: runs(3_000) },
    );
  });

  it('tells what differs from another, by name', ({ expect }) => {
    const parse = (document: object) => merchandisingSchema.parse(document);
    const pin = (items: string[]) => [{ do: 'pin', items }];
    const before = parse({
      slots: { home: {}, old: {} },
      rules: [rule('a', pin(['1'])), rule('b', pin(['2'])), rule('gone', pin(['3']))],
    });
    const after = parse({
      active: false,
      slots: { home: { limit: 4 }, fresh: {} },
      rules: [rule('b', pin(['2'])), rule('a', pin(['9']))],
    });
    expect(differences(before, after).map(({ what, name, change }) => [what, name, change])).toEqual([
      ['active', 'active', 'changed'],
      ['slot', 'fresh', 'added'],
      ['slot', 'home', 'changed'],
      ['slot', 'old', 'removed'],
      ['rule', 'a', 'changed'],
      ['rule', 'gone', 'removed'],
      ['order', 'rules', 'changed'],
    ]);
    expect(differences(before, before)).toEqual([]);
  });
});

describe('a rule', () => {
  const exclude = [{ do: 'exclude', where: 'true' }];

  it.for<[string, object, string]>([
    ['always', {}, 'holds'],
    ['for a segment', { when: 'segments.vip' }, 'holds'],
    ['for who is in it', { when: '"vip" in segments && attributes.views_24h >= 3 && visitor.sessions > 2' }, 'holds'],
    ['for another country', { when: 'context.country == "DE"' }, 'condition'],
    ['in other slots', { slots: ['cart'] }, 'other_slot'],
    ['later', { schedule: { from: '2026-12-01T00:00' } }, 'schedule'],
    ['when it is switched on', { enabled: false }, 'disabled'],
  ])('holds %s: %o', ([, more, why], { expect }) => {
    const { verdicts, removedBy } = effects([rule('r', exclude, more)]);
    expect(verdicts()).toEqual([expect.objectContaining({ rule: 'r', holds: why === 'holds', why })]);
    expect(removedBy(item('a'))).toBe(why === 'holds' ? 'r' : undefined);
  });

  it('holds nowhere when all are switched off, and says so', ({ expect }) => {
    const off = homeEffects(plan({ active: false, rules: [rule('r', exclude)] }));
    expect([off.removedBy(item('a')), off.verdicts()]).toEqual([
      undefined,
      [{ rule: 'r', holds: false, why: 'switched_off' }],
    ]);
  });

  it('sees a product’s price as it is now, its texts, and the shop’s own attributes', ({ expect }) => {
    const removed = (where: string, one: ServedItem) => effects([rule('r', [{ do: 'exclude', where }])]).removedBy(one);
    const sale = item('s', { price: eur(20), salePrice: eur(9), attributes: { season: 'summer', tags: ['new'] } });
    expect(removed('item.price < 10 && item.list_price == 20 && item.on_sale', sale)).toBe('r');
    expect(removed('item.attributes.season == "summer" && "new" in item.attributes.tags', sale)).toBe('r');
    expect(removed('item.brand != "Loom"', sale)).toBe('r');
    // What a product has not, it does not hold of.
    expect(removed('item.price > 0', item('free'))).toBeUndefined();
    expect(removed('item.attributes.season == "summer"', item('x'))).toBeUndefined();
  });

  it('asks each time of what time changes, also of a product that it was asked of before', ({ expect }) => {
    const where = 'passed(timestamp("2026-11-26T12:00:10Z"), duration("0s"))';
    const timed = plan({ rules: [rule('r', [{ do: 'exclude', where }])] });
    const one = item('a');
    const removedAt = (seconds: number) => homeEffects(timed, NOW + seconds * 1_000).removedBy(one);
    expect([removedAt(0), removedAt(9), removedAt(10), removedAt(11)]).toEqual([undefined, undefined, 'r', 'r']);
  });

  it('takes out what another pins only if it stands before it', ({ expect }) => {
    const pinning = rule('pin', [{ do: 'pin', items: ['a'] }]);
    const excluding = (priority: number) => rule('out', [{ do: 'exclude', where: 'item.id == "a"' }], { priority });
    const pinned = (priority: number) => {
      const { pins, removedBy } = effects([pinning, excluding(priority)]);
      return removedBy(item('a'), pins[0]?.rank);
    };
    expect([pinned(-1), pinned(1)]).toEqual([undefined, 'out']);
  });

  it('of greater priority comes first where two choose one thing', ({ expect }) => {
    const { strategy, content, pins } = effects(
      [
        rule('low', [
          { do: 'strategy', strategy: 'trending' },
          { do: 'content', content: 'b' },
          { do: 'pin', items: ['x'] },
        ]),
        rule(
          'high',
          [
            { do: 'strategy', strategy: 'similar' },
            { do: 'content', content: 'a' },
            { do: 'pin', items: ['y', 'z'], place: 3 },
          ],
          { priority: 1 },
        ),
      ],
      { content: { a: {}, b: {} } },
    );
    expect([strategy, content]).toEqual(['similar', 'a']);
    expect(pins.map((pin) => [pin.item, pin.place, pin.rule])).toEqual([
      ['y', 3, 'high'],
      ['z', 4, 'high'],
      ['x', 1, 'low'],
    ]);
  });
});

describe('the order', () => {
  const ids = (placed: readonly { item: ServedItem }[]) => placed.map((one) => one.item.id);
  const candidates = ['a', 'b', 'c', 'd'].map((id) => decided(item(id, { brand: id === 'd' ? 'Loom' : 'Weft' })));
  const pin = (id: string, place: number, more: Partial<ServedItem> = {}) => ({
    ...decided(item(id, more)),
    place,
    rule: 'r',
  });

  it('is as it was where nothing is said', ({ expect }) => {
    expect(ids(arrange(candidates, [], NO_EFFECTS, 3))).toEqual(['a', 'b', 'c']);
  });

  it('lifts what is boosted and lowers what is buried, and says by which rule', ({ expect }) => {
    const boosted = arrange(
      candidates,
      [],
      effects([rule('up', [{ do: 'boost', where: 'item.brand == "Loom"', by: 3 }])]),
      4,
    );
    expect([ids(boosted), boosted[1]?.rules]).toEqual([['a', 'd', 'b', 'c'], ['up']]);
    const buried = arrange(
      candidates,
      [],
      effects([rule('down', [{ do: 'bury', where: 'item.id == "a"', by: 100 }])]),
      4,
    );
    expect(ids(buried)).toEqual(['b', 'c', 'd', 'a']);
  });

  it('has pins at their places, whatever else there is, each product once', ({ expect }) => {
    expect(ids(arrange(candidates, [pin('p', 1), pin('c', 3)], NO_EFFECTS, 4))).toEqual(['p', 'a', 'c', 'b']);
    expect(ids(arrange(candidates.slice(0, 1), [pin('p', 9)], NO_EFFECTS, 4))).toEqual(['a', 'p']);
    expect(
      ids(arrange([decided(item('v.1', { group: 'v' }))], [pin('v.2', 1, { group: 'v' })], NO_EFFECTS, 4)),
    ).toEqual(['v.2']);
  });

  it('has no five alike where it is to be diverse', ({ expect }) => {
    const shop = [...'123456'].map((n) =>
      decided(item(`shirt${n}`, { category: 'shirts', brand: 'Loom', price: eur(20) })),
    );
    shop.push(decided(item('hat', { category: 'hats' })), decided(item('shoe', { category: 'shoes' })));
    const arranged = (diversity: number) => ids(arrange(shop, [], effects([], { diversity }), 4));
    expect(arranged(0)).toEqual(['shirt1', 'shirt2', 'shirt3', 'shirt4']);
    expect(arranged(0.5).slice(0, 3)).toEqual(['shirt1', 'hat', 'shoe']);
  });

  it('is never longer than the slot, and holds what there is, each once', ({ expect }) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...'abcdef')),
        fc.uniqueArray(fc.tuple(fc.constantFrom(...'abcxyz'), fc.integer({ min: 1, max: 9 })), {
          selector: ([id]) => id,
        }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(0, 0.3, 1),
        (free, pins, limit, diversity) => {
          const placed = ids(
            arrange(
              free.map((id) => decided(item(id))),
              pins.map(([id, place]) => pin(id, place)),
              effects([], { diversity }),
              limit,
            ),
          );
          expect(placed.length).toBe(Math.min(limit, new Set([...free, ...pins.map(([id]) => id)]).size));
          expect(new Set(placed).size).toBe(placed.length);
        },
      ),
    );
  });
});
