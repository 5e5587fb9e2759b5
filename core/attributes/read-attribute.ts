import { unscaledAmount } from './amount.ts';
import type { CompiledAttribute } from './compile-attribute.ts';
import { readValues } from './distinct-values.ts';
import { minuteOf } from './limits.ts';
import { readTotals } from './minute-totals.ts';
import { NOTHING, type Reading } from './reading.ts';
import { type AttributeState, newestAt } from './state.ts';

/**
 * What an attribute says at a time: an event counts from its own minute on, for as many minutes as the window has. Where the clock is
 * behind the newest event, that event's time is taken: nothing that was counted lies in the future.
 *
 * @param nowMs ms since 1970
 */
export function readAttribute(
  state: AttributeState,
  { aggregate, windowMinutes }: Pick<CompiledAttribute, 'aggregate' | 'windowMinutes'>,
  nowMs: number,
): Reading {
  const atMinute = minuteOf(Math.max(nowMs, newestAt(state)));
  if (state.kind === 'distinct') return readValues(state.values, windowMinutes, atMinute);
  if (state.kind === 'totals') {
    const { total, exact, changesAtMinute } = readTotals(state.totals, windowMinutes, atMinute);
    if (total === undefined) return NOTHING;
    return { value: aggregate === 'sum' ? unscaledAmount(total) : total, exact, changesAtMinute };
  }
  const minute = minuteOf(state.last.newestAt);
  if (state.last.key === '' || minute <= atMinute - windowMinutes) return NOTHING;
  return { value: state.last.value, exact: true, changesAtMinute: minute + windowMinutes };
}
