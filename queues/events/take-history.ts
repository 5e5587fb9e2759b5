import { createHash } from 'node:crypto';
import type { Accepted, RefusedEvent } from '../../core/events/judge-events.ts';
import type { Client } from '../../core/events/message.ts';
import { hashLedger, hashPart } from '../../core/identity/hash-ledger.ts';
import { historyMessageId, weekOf } from '../../core/lake/history.ts';
import { formatRaw, type RawEvent, rawObjectKey } from '../../core/lake/raw-object.ts';
import { erasedAmong } from '../../stores/erasure/erased-ledgers.ts';
import { recordMentions } from '../../stores/erasure/record-mentions.ts';
import { eraseStragglers } from '../../stores/erasure/stragglers.ts';
import { putRaw } from '../../stores/lake/raw-objects.ts';
import { offerRows } from '../../stores/warehouse/offer.ts';

interface HistorySource {
  readonly site: string;
  readonly client: Client;
  /** ms since 1970 */
  readonly receivedAtMs: number;
}

const ERASED = {
  code: 'erased',
  message: 'Who this is of was erased after it happened; nothing from before is taken in again.',
} as const;

/**
 * Writes events that are too old for the profiles into the lake, as raw objects by the week of their own time. May run again with the same events:
 * compaction keeps one row for each ledger and event id of an hour, and counts it once.
 *
 * @param trace the id that leads to the request that brought them.
 * @returns those that were refused, since their person was erased after they happened.
 */
export async function takeHistory(
  env: Env,
  { site, client, receivedAtMs }: HistorySource,
  events: readonly (Accepted & { readonly index: number })[],
  trace: string,
): Promise<readonly RefusedEvent[]> {
  if (events.length === 0) return [];
  const hashes = new Map(events.map(({ ledger }) => [ledger, hashLedger(site, ledger)]));
  const namesOf = ({ ledger, event }: Accepted) => {
    const hash = hashes.get(ledger) ?? '';
    return event.userId === undefined ? [hash] : [hash, hashPart(hash, event.userId)];
  };
  const erased = await erasedAmong(env, site, [...new Set(events.flatMap(namesOf))]);
  const messageId = historyMessageId(trace);
  const kept: RawEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (const one of events) {
    const { index, ledger, event } = one;
    if (namesOf(one).some((name) => event.time <= (erased.get(name) ?? -1)))
      refused.push({ index, refusal: ERASED, payload: event });
    else kept.push({ v: 2, site, ledger, messageId, receivedAt: receivedAtMs, client, ...event });
  }
  await recordMentions(env, site, kept);
  for (const [week, some] of Map.groupBy(kept, ({ time }) => weekOf(time))) {
    const name = createHash('sha256').update(formatRaw(some)).digest('hex').slice(0, 32);
    const key = rawObjectKey(site, week, name);
    await putRaw(env, key, some);
    await offerRows(env, site, key);
  }
  // An erasure that began meanwhile may have passed by before the objects stood there.
  await eraseStragglers(env, site, kept);
  return refused;
}
