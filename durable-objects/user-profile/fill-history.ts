import { decodeAttributes } from '../../core/attributes/encode-attributes.ts';
import { fillAttribute, hasHistory } from '../../core/attributes/fill-attribute.ts';
import type { HistoryCall, HistoryOutcome } from '../../core/attributes/history-call.ts';
import type { Following } from '../../core/segments/person.ts';
import { confirmDefinitions } from '../../stores/config/definitions.ts';
import { countLive } from './count-messages.ts';
import type { Parts } from './parts.ts';

/**
 * Gives attributes of a ledger their history, each if all that the ledger has counted of it is in what is given: exactly once, however often it is
 * called. Stores the result before it answers.
 */
export async function fillHistory(parts: Parts, call: HistoryCall): Promise<readonly HistoryOutcome[]> {
  const { site, memory, linking, follower } = parts;
  const now = Date.now();
  const definitions = confirmDefinitions(site, call.definitions, now);
  if (!definitions) return call.attributes.map(() => 'behind');
  // Nothing is counted here, or not any more: an erased ledger gets nothing back.
  if (memory.profile().version === 0 || (parts.tombstone()?.erasedAt ?? 0) >= call.readAt)
    return call.attributes.map(() => 'gone');
  if (follower.isBehind(definitions)) countLive(parts, [], {});
  const log = memory.dedup();
  const judged = call.attributes.map(({ name, version, events }) => {
    const attribute = definitions.attributes.find((one) => one.name === name && one.version === version);
    if (!attribute) return { outcome: 'gone' as const };
    if (hasHistory(memory.profile().following.states, attribute)) return { outcome: 'had' as const };
    const isWhole = log.countBetween(call.from, attribute.since) === events;
    return isWhole || call.accept ? { outcome: 'filled' as const, attribute } : { outcome: 'behind' as const };
  });
  const due = judged.flatMap(({ attribute }) => attribute ?? []);
  if (due.length > 0) {
    const history = decodeAttributes(call.states);
    const fill = ({ states }: Following) => {
      for (const attribute of due) fillAttribute(states, attribute, history);
    };
    follower.refold(definitions, fill, now);
    memory.changed();
    memory.save();
    await linking.sendSnapshot();
  }
  return judged.map(({ outcome }) => outcome);
}
