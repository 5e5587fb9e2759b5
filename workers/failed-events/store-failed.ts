import { deviceLedger, userLedger } from '../../core/identity/ledger.ts';
import { sha256Hex } from '../site/site.ts';

/** An event that could not be used, with what it was and why. */
export interface FailedEvent {
  /** Machine-readable reason, e.g. `invalid_properties`. */
  readonly reason: string;
  readonly message: string;
  readonly type?: string | undefined;
  readonly eventId?: string | undefined;
  /** Whose it is; it is erased with him. */
  readonly ledger?: string | undefined;
  readonly payload: unknown;
}

/** Longer ones are none of ours. */
const MAX_LEDGER_LENGTH = 256;
/** D1 takes at most 100 bound parameters a statement; eight a row. */
const ROWS_PER_STATEMENT = 12;

/**
 * Keeps failed events: the payloads as one R2 object, an index row each in D1. Storing the same events at the same time again
 * changes nothing, so a retry may call it as often as it likes. `time` in ms since 1970.
 */
export async function storeFailedEvents(
  env: Env,
  site: string,
  time: number,
  failed: readonly FailedEvent[],
): Promise<void> {
  if (failed.length === 0) return;
  const text = JSON.stringify(failed);
  const name = (await sha256Hex(text)).slice(0, 32);
  const date = new Date(time).toISOString().slice(0, 10);
  const key = `failed/site=${site}/date=${date}/${time}-${name}.json`;
  await env.LAKE.put(key, text, { httpMetadata: { contentType: 'application/json' } });
  const statements: D1PreparedStatement[] = [];
  for (let from = 0; from < failed.length; from += ROWS_PER_STATEMENT) {
    const rows = failed.slice(from, from + ROWS_PER_STATEMENT).map((event, offset) => {
      const index = from + offset;
      return [
        site,
        `${name}-${index}`,
        time,
        event.reason,
        event.type ?? null,
        event.eventId ?? null,
        `${key}#${index}`,
        event.ledger ?? null,
      ];
    });
    statements.push(
      env.DB.prepare(
        `INSERT OR IGNORE INTO failed_events (site, id, time, reason, type, event_id, payload, ledger) VALUES ${rows.map(() => '(?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
      ).bind(...rows.flat()),
    );
  }
  await env.DB.batch(statements);
}

/** Type, id and ledger of something that may or may not be an event, or a message of events, for the index. */
export function nameOf(payload: unknown): { type?: string; eventId?: string; ledger?: string } {
  if (typeof payload !== 'object' || payload === null) return {};
  const { type, id, ledger, anonymousId, userId } = payload as Record<string, unknown>;
  const whose =
    typeof ledger === 'string'
      ? ledger
      : typeof anonymousId === 'string'
        ? deviceLedger(anonymousId)
        : typeof userId === 'string'
          ? userLedger(userId)
          : undefined;
  return {
    ...(typeof type === 'string' && { type: type.slice(0, 64) }),
    ...(typeof id === 'string' && { eventId: id.slice(0, 64) }),
    ...(whose !== undefined && { ledger: whose.slice(0, MAX_LEDGER_LENGTH) }),
  };
}
