import type { ConsentDefaults } from '../../core/consent/policy.ts';
import { pathOfFault } from '../../core/events/cause.ts';
import { type FailedEvent, indexOf, keepable } from '../../core/events/failed-event.ts';
import { hashLedger } from '../../core/identity/hash-ledger.ts';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { erasedAmong } from '../erasure/erased-ledgers.ts';
import { eraseStragglers } from '../erasure/stragglers.ts';
import { insertRows } from '../statements.ts';

/** What is to be kept, and when it failed, ms since 1970. */
export interface FailedBatch {
  readonly site: string;
  readonly time: number;
  readonly failed: readonly FailedEvent[];
  /** What holds for visitors who decided nothing, where the events come from a request; their own word counts in any case. */
  readonly consent?: ConsentDefaults | undefined;
}

/**
 * The one door to failed events: the payloads as one R2 object, an index row each in D1. Nothing is kept of whom nobody may keep
 * anything of (no consent, or erased since it happened), and no proof. Keeping the same events at the same time again changes nothing,
 * so a retry may call it as often as it likes.
 *
 * @returns how many are kept.
 * @throws when a store does not answer; the caller tries again, or goes on without.
 */
export async function keepFailed(env: Env, { site, time, failed, consent }: FailedBatch): Promise<number> {
  const allowed = failed.flatMap(({ payload, ...why }) => {
    const kept = keepable(payload, consent);
    return kept === undefined ? [] : [{ ...why, ...indexOf(kept), payload: kept }];
  });
  const known = await leaveOutErased(env, site, time, allowed);
  if (known.length === 0) return 0;
  const text = JSON.stringify(known);
  const name = (await sha256Hex(text)).slice(0, 32);
  const date = new Date(time).toISOString().slice(0, 10);
  const key = `failed/site=${site}/date=${date}/${time}-${name}.json`;
  await env.LAKE.put(key, text, { httpMetadata: { contentType: 'application/json' } });
  await env.DB.batch(
    insertRows(
      env,
      'INSERT OR IGNORE INTO failed_events (site, id, time, reason, type, event_id, payload, ledger, user_ledger, path, by_server, schema_version)',
      known.map(({ reason, message, type, eventId, ledger, userLedger, byServer, schemaVersion }, index) => [
        site,
        `${name}-${index}`,
        time,
        reason,
        type ?? null,
        eventId ?? null,
        `${key}#${index}`,
        ledger ?? null,
        userLedger ?? null,
        pathOfFault(message),
        byServer ? 1 : 0,
        schemaVersion ?? null,
      ]),
    ),
  );
  // Who was erased while this was written may have been passed by.
  const owners = known.flatMap(({ ledger, userLedger, happenedAt }) =>
    [ledger, userLedger].flatMap((owner) =>
      owner ? [{ ledger: owner, receivedAt: Math.min(time, happenedAt ?? time) }] : [],
    ),
  );
  await eraseStragglers(env, site, owners);
  return known.length;
}

async function leaveOutErased<T extends ReturnType<typeof indexOf>>(
  env: Env,
  site: string,
  time: number,
  events: readonly T[],
): Promise<T[]> {
  const hashes = new Set(
    events.flatMap(({ ledger, userLedger }) =>
      [ledger, userLedger].flatMap((owner) => (owner ? [hashLedger(site, owner)] : [])),
    ),
  );
  const erased = await erasedAmong(env, site, [...hashes]);
  if (erased.size === 0) return [...events];
  return events.filter(({ ledger, userLedger, happenedAt }) =>
    [ledger, userLedger].every((owner) => {
      const at = owner && erased.get(hashLedger(site, owner));
      return !at || Math.min(time, happenedAt ?? time) > at;
    }),
  );
}
