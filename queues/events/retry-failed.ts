import { consentDefaults } from '../../core/consent/policy.ts';
import { checkBounded } from '../../core/events/check-bounded.ts';
import { indexOf } from '../../core/events/failed-event.ts';
import type { Candidate } from '../../core/events/judge-events.ts';
import { RESUBMITTED, resubmittable } from '../../core/events/resubmit.ts';
import { forgetFailed } from '../../stores/failed-events/forget-failed.ts';
import { payloadsAt } from '../../stores/failed-events/payloads.ts';
import { type FailedRow, readFailed } from '../../stores/failed-events/read-failed.ts';
import type { Site } from '../../stores/sites/site.ts';
import { type EventSource, judgeBatch, takeEvents } from './take-events.ts';

/** A failed event that is to be sent in again: as it was, or as `event` says. */
export interface Retry {
  readonly time: number;
  readonly id: string;
  readonly event?: unknown;
}

/** Why it is still refused; `type` is the event's, empty where it has none. */
interface Refused {
  readonly code: string;
  readonly message: string;
  readonly type: string;
}

/** What became of it, or would. */
export type Retried = 'accepted' | 'history' | 'gone' | Refused;

const MEASURED = Number.POSITIVE_INFINITY;
const allowed: ReadonlySet<string> = new Set(RESUBMITTED);

/**
 * Sends failed events in again under their own ids and times, and forgets those that were taken. Each counts once, however often this is called:
 * what was taken and not forgotten, since this broke off, is a duplicate then. An event has the authority of who said it first, and no more: what
 * a page said is no word of the shop's server.
 *
 * @param dryRun only says what would become of them; whether an id is another event's already only the profiles know.
 * @param history whether what is too old for the profiles goes to the lake.
 * @returns what became of each, in their order.
 * @throws {QueueUnavailable}
 */
export async function retryFailed(
  env: Env,
  site: Site,
  retries: readonly Retry[],
  { dryRun, history }: { readonly dryRun: boolean; readonly history: boolean },
): Promise<Retried[]> {
  const rows = new Map((await readFailed(env, site.id, retries)).map((row) => [keyOf(row), row]));
  const payloads = await payloadsAt(
    env,
    [...rows.values()].map(({ place }) => place),
  );
  const outcomes: Retried[] = retries.map(() => 'accepted');
  const refuse = (index: number, { code, message }: { readonly code: string; readonly message: string }) => {
    const retry = retries[index];
    const sent = retry && indexOf(retry.event ?? payloads.get(rows.get(keyOf(retry))?.place ?? '')?.payload).type;
    outcomes[index] = { code, message, type: sent ?? '' };
  };
  const candidates = { server: [] as Candidate[], page: [] as Candidate[] };
  for (const [index, retry] of retries.entries()) {
    const row = rows.get(keyOf(retry));
    const held = row && payloads.get(row.place);
    if (!row || !held) outcomes[index] = 'gone';
    else if (!allowed.has(row.reason))
      refuse(index, {
        code: row.reason,
        message: 'This is brought back as a message: POST /api/failed-events/recover.',
      });
    else {
      const checked = checkBounded(retry.event ?? resubmittable(held.payload), MEASURED);
      if (checked.ok) candidates[row.byServer ? 'server' : 'page'].push({ index, event: checked.event });
      else refuse(index, checked.refusal);
    }
  }
  for (const [who, own] of Object.entries(candidates)) {
    if (own.length === 0) continue;
    const source = sourceOf(site, who === 'server', history);
    const batch = { candidates: own, refused: [], sentAtMs: undefined, bytes: MEASURED };
    const judged = await judgeBatch(env, source, batch);
    for (const { index } of judged.history) outcomes[index] = 'history';
    for (const { index, refusal } of judged.refused) refuse(index, refusal);
    if (!dryRun)
      for (const rejected of (await takeEvents(env, source, batch)).rejected) refuse(rejected.index, rejected);
  }
  if (dryRun) return outcomes;
  const taken = retries.flatMap((retry, index): FailedRow[] => {
    const row = rows.get(keyOf(retry));
    return row && (outcomes[index] === 'accepted' || outcomes[index] === 'history') ? [row] : [];
  });
  await forgetFailed(env, site.id, taken);
  return outcomes;
}

function sourceOf(site: Site, isServer: boolean, takesHistory: boolean): EventSource {
  return {
    site: site.id,
    sender: {
      hasSecretKey: isServer,
      trustsUnsignedLinks: site.settings.trustUnsignedLinks,
      proofFault: async () => 'a failed event keeps no proof',
    },
    consent: consentDefaults(site.settings.consent, { inEuropeanUnion: false, globalPrivacyControl: false }),
    client: { device: 'unknown', bot: false },
    receivedAtMs: Date.now(),
    // They are there already.
    keepsRefused: false,
    live: false,
    takesHistory,
  };
}

function keyOf({ time, id }: { readonly time: number; readonly id: string }): string {
  return `${time} ${id}`;
}
