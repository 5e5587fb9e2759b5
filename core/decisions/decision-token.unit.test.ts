import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decided, DecisionSigner, MAX_DECISION_LENGTH } from './decision-token.ts';
import { STRATEGIES } from './strategy.ts';
import { TIERS } from './tier.ts';

const NOW = 1_790_000_000_000;
const KEY = 'ab'.repeat(32);
const signer = new DecisionSigner('shop', KEY);
const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6);
const decided: Decided = {
  slot: 'home',
  strategy: 'for_you',
  tier: 'live',
  model: 7,
  trials: [{ number: 3, variant: 1, propensity: 0.5 }],
  items: ['p1', 'p2', 'p3'],
};
const HORIZON_MS = 14 * 86_400_000;
const at = (ms: number) => ({ happenedAtMs: ms, receivedAtMs: ms, horizonMs: HORIZON_MS });
const claim = { slot: 'home', anonymousId: 'd1', ...at(NOW + 1_000) };
const token = signer.sign({ anonymousId: 'd1' }, decided, NOW, nonce);

describe('a decision’s token', () => {
  it('comes back as what was decided, in at most 120 characters', () => {
    const arbitrary = fc.record({
      slot: fc.string({ minLength: 1, maxLength: 64 }),
      strategy: fc.constantFrom(...STRATEGIES),
      tier: fc.constantFrom(...TIERS),
      model: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      trials: fc.array(
        fc.record({
          number: fc.integer({ min: 1, max: 65_535 }),
          variant: fc.integer({ min: 0, max: 255 }),
          propensity: fc.integer({ min: 1, max: 65_535 }).map((parts) => parts / 65_535),
        }),
        { maxLength: 4 },
      ),
      items: fc.uniqueArray(fc.string({ minLength: 1, maxLength: 256 }), { maxLength: 50 }),
    });
    const person = fc.oneof(
      fc.record({ anonymousId: fc.string({ minLength: 1 }) }),
      fc.record({ userId: fc.string({ minLength: 1 }) }),
    );
    fc.assert(
      fc.property(arbitrary, person, fc.integer({ min: 0, max: 2 ** 32 - 2 }), (made, who, seconds) => {
        const text = signer.sign(who, made, seconds * 1_000 + 999, nonce);
        expect(text.length).toBeLessThanOrEqual(MAX_DECISION_LENGTH);
        const read = signer.read({ token: text, slot: made.slot, ...at(seconds * 1_000), ...who });
        const { items: _, slot: __, ...rest } = made;
        expect(read).toMatchObject({ ...rest, decidedAt: seconds * 1_000 });
      }),
    );
  });

  it('tells the place of a product that was shown, and refuses most that were not', () => {
    expect(signer.read({ ...claim, token, product: 'p3' })).toMatchObject({ position: 3 });
    const others = Array.from({ length: 1_000 }, (_, n) => signer.read({ ...claim, token, product: `other-${n}` }));
    const refused = others.filter((read) => 'fault' in read && read.fault === 'not_shown').length;
    expect(refused).toBeGreaterThan(960);
  });

  it('proves nothing of another visitor, slot or site, or too late', () => {
    const fault = (more: object, by = signer) => by.read({ ...claim, token, ...more });
    expect(fault({ anonymousId: 'd2' })).toEqual({ fault: 'foreign' });
    expect(fault({ anonymousId: undefined })).toEqual({ fault: 'foreign' });
    expect(fault({ anonymousId: undefined, userId: 'd1' })).toEqual({ fault: 'foreign' });
    expect(fault({ slot: 'cart' })).toEqual({ fault: 'other_slot' });
    expect(fault(at(NOW + 25 * 3_600_000))).toEqual({ fault: 'expired' });
    expect(fault(at(NOW - 3_600_000))).toEqual({ fault: 'expired' });
    // Seen in time, and sent when the browser was online again; but not for longer than ids are remembered.
    const late = (ms: number) => ({ ...at(NOW + 1_000), receivedAtMs: NOW + ms });
    expect(signer.read({ ...claim, token, ...late(HORIZON_MS - 1_000) })).toHaveProperty('trials');
    expect(fault(late(HORIZON_MS + 2_000))).toEqual({ fault: 'expired' });
    expect(fault({}, new DecisionSigner('shop', 'cd'.repeat(32)))).toEqual({ fault: 'forged' });
    // A key is one site's; should two share one, the visitor of the other is another.
    expect(fault({}, new DecisionSigner('other', KEY))).toEqual({ fault: 'foreign' });
  });

  it('proves nothing once a byte of it is another, or is cut, or is none', () => {
    const bytes = Buffer.from(token, 'base64url');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ by;
        expect(signer.read({ ...claim, token: changed.toString('base64url') })).toHaveProperty('fault');
      }),
    );
    for (let length = 0; length < token.length - 1; length += 1)
      expect(signer.read({ ...claim, token: token.slice(0, length) })).toHaveProperty('fault');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(signer.read({ ...claim, token: text })).toHaveProperty('fault');
      }),
    );
  });
});
