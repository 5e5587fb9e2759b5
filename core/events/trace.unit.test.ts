import { describe, it } from 'vitest';
import { messageIds, traceOf } from './trace.ts';

describe('ids of messages', () => {
  it('are each their own, and lead to their request', ({ expect }) => {
    const next = messageIds('0190-a');
    const ids = [next(), next(), next()];
    expect(ids).toEqual(['0190-a', '0190-a.1', '0190-a.2']);
    expect(ids.map(traceOf)).toEqual(['0190-a', '0190-a', '0190-a']);
    expect(traceOf('history:0190-a')).toBe('0190-a');
  });
});
