import { describe, it } from 'vitest';
import { applyMessages } from './apply-messages.ts';
import { DedupLog, ENTRY_BYTES } from './dedup-log.ts';
import { PROFILE_CAPS } from './limits.ts';
import { emptyState } from './state.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

/** A log that holds so many ids, none of which is asked for. */
function logOf(entries: number): DedupLog {
  const words = new Uint32Array((entries * ENTRY_BYTES) / 4);
  for (let at = 0; at < words.length; at += 1) words[at] = Math.imul(at + 1, 2_654_435_761) >>> 0;
  return new DedupLog([new Uint8Array(words.buffer)], new Uint8Array(0));
}

const message = (ids: readonly string[]) => ({
  id: 'm',
  events: ids.map((id, at) => ({
    id,
    type: 'product_viewed',
    time: NOW - at,
    occurredAt: new Date(NOW).toISOString(),
    fingerprint: at,
    properties: { product_id: 'p' },
  })),
});

describe('the quota of a ledger', () => {
  it('takes events up to 200,000 inside the horizon, and refuses the rest, each for itself', ({ expect }) => {
    expect(PROFILE_CAPS.ledgerEvents).toBe(200_000);
    const state = emptyState();
    const log = logOf(PROFILE_CAPS.ledgerEvents - 1);
    const { outcomes, fresh } = applyMessages(state, log, [message(['last', 'over', 'more'])], NOW, 14);
    expect(outcomes).toEqual([['counted', 'quota', 'quota']]);
    expect(fresh.map(({ id }) => id)).toEqual(['last']);
    // A redelivery of what was counted is still known.
    expect(applyMessages(state, log, [message(['last', 'over'])], NOW, 14).outcomes).toEqual([['counted', 'quota']]);
  });
});
