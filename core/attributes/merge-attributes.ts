import type { CompiledAttribute } from './compile-attribute.ts';
import { mergeValues, pruneValues } from './distinct-values.ts';
import { isNewer } from './fold-attribute.ts';
import { mergeTotals, pruneTotals } from './minute-totals.ts';
import type { AttributeState, AttributeStates } from './state.ts';

/**
 * The attributes of several ledgers, whose sets of events are disjoint, as those of their union: the same bytes as if one ledger had
 * taken all events. To undo a merge, merge the rest. Only states of the definitions' own versions take part. Changes none of its
 * arguments.
 */
export function mergeAttributes(
  ledgers: readonly AttributeStates[],
  attributes: readonly CompiledAttribute[],
): AttributeStates {
  const merged: AttributeStates = new Map();
  for (const { name, version, windowMinutes } of attributes) {
    const states = ledgers.flatMap((ledger) => {
      const entry = ledger.get(name);
      return entry?.version === version ? [entry.state] : [];
    });
    const [first, ...rest] = states;
    if (!first) continue;
    const state = rest.reduce((sum, next) => mergeAttribute(sum, next, windowMinutes), first);
    merged.set(name, { version, state });
  }
  return merged;
}

/** The union of two states of one attribute, of disjoint events. Throws when they are of different kinds, which no version of a definition is. */
export function mergeAttribute(a: AttributeState, b: AttributeState, windowMinutes: number): AttributeState {
  if (a.kind === 'totals' && b.kind === 'totals') {
    const totals = mergeTotals(a.totals, b.totals);
    pruneTotals(totals, windowMinutes);
    return { kind: 'totals', totals };
  }
  if (a.kind === 'distinct' && b.kind === 'distinct') {
    const values = mergeValues(a.values, b.values);
    pruneValues(values, windowMinutes);
    return { kind: 'distinct', values };
  }
  if (a.kind === 'last' && b.kind === 'last') return { kind: 'last', last: isNewer(a.last, b.last) ? a.last : b.last };
  throw new Error(`cannot merge a state of kind ${a.kind} with one of kind ${b.kind}`);
}
