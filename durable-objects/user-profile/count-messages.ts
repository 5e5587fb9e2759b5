import type { ApplyOptions, ApplyResult } from '../../core/profile/answers.ts';
import { type AppliedMessage, applyMessages } from '../../core/profile/apply-messages.ts';
import { changedSessions } from '../../core/profile/changed-sessions.ts';
import { confirmDefinitions } from '../../stores/config/definitions.ts';
import { log } from '../../stores/log.ts';
import { sessionPrefix } from '../../stores/objects/profile-stub.ts';
import type { Parts } from './parts.ts';
import type { Upkeep } from './upkeep.ts';

/** Retired sessions that are remembered for a redelivery, newest first. */
const RETIRED_CAP = 32;

/**
 * Counts each event of the messages once and stores the result before it answers. Asks nobody: no store, no queue, and no other object
 * unless `awaitHome` says so.
 */
export async function countMessages(
  parts: Parts,
  upkeep: Upkeep,
  messages: readonly AppliedMessage[],
  { definitions, awaitHome = true }: ApplyOptions,
): Promise<ApplyResult> {
  const { ctx, env, site, memory, linking, follower } = parts;
  const now = Date.now();
  const profile = memory.profile();
  const applied = applyMessages(
    profile.state,
    memory.dedup(),
    messages,
    now,
    Number(env.DEDUP_HORIZON_DAYS),
    parts.tombstone(),
  );
  const defined = confirmDefinitions(site, definitions, now);
  if (applied.changed || (defined && profile.following.waiting.length > 0)) {
    memory.forgetViews();
    profile.version += 1;
    profile.retired = [...applied.retired, ...profile.retired].slice(0, RETIRED_CAP);
    const clients = new Map(messages.flatMap(({ client, events }) => events.map((event) => [event, client] as const)));
    const fresh = applied.fresh.map((event) => ({ event, client: clients.get(event) }));
    follower.follow(defined, fresh, now);
    memory.save();
    // Set once: a row each time. The alarm finds the next time by itself.
    const { nextChangeAt, outbox, waiting } = profile.following;
    const due = nextChangeAt !== null || outbox.length > 0 || waiting.length > 0;
    if (profile.version === 1 || due) await upkeep.wakeBy(upkeep.nextDuty());
  }
  // The queue brings the message again until the home has it; who answers a shopper does not wait for that.
  const sent = linking.sendSnapshot();
  if (awaitHome) await sent;
  else sent.catch((error) => log('snapshot_waits', { site, error: String(error) }));
  const messageIds = new Set(messages.map(({ id }) => id));
  const changes = { touched: applied.touchedSessions, retired: profile.retired, messageIds };
  const sessions = changedSessions(profile.state, changes, sessionPrefix(ctx.id), profile.version);
  return { v: 1, outcomes: applied.outcomes, sessions };
}
