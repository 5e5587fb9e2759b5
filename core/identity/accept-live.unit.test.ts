import { describe, it } from 'vitest';
import { acceptLive, type LinkedLedger, type Snapshot } from './link-protocol.ts';

const held: LinkedLedger = { ledger: 'a/phone', assignment: 3, number: 7, state: '{}' };
const snapshot = (number: number, assignment = 3): Snapshot => ({ ledger: 'a/phone', assignment, number, state: '{}' });

describe('what a linked ledger has not stored yet', () => {
  it.for<[string, LinkedLedger | undefined, LinkedLedger | undefined, Snapshot, boolean]>([
    ['is shown when it is newer than what is held', held, undefined, snapshot(8), true],
    ['is old news when the snapshot came first', held, undefined, snapshot(7), false],
    ['is old news beside something newer', held, snapshot(9) as LinkedLedger, snapshot(8), false],
    ['replaces something older', held, snapshot(8) as LinkedLedger, snapshot(9), true],
    ['of another assignment is not shown', held, undefined, snapshot(8, 2), false],
    ['replaces that of another assignment', held, snapshot(9, 2) as LinkedLedger, snapshot(8), true],
    ['of a ledger that has left is not shown', { ...held, state: null }, undefined, snapshot(8), false],
    ['of a ledger that was never linked is not shown', undefined, undefined, snapshot(8), false],
  ])('%s', ([, before, live, incoming, right], { expect }) => {
    expect(acceptLive(before, live, incoming)).toBe(right);
  });
});
