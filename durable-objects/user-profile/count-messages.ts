import type { EnrichedEvent } from '../../core/events/message.ts';
import type { ApplyOptions, ApplyResult } from '../../core/profile/answers.ts';
import { type Applied, type AppliedMessage, applyMessages } from '../../core/profile/apply-messages.ts';
import { changedSessions } from '../../core/profile/changed-sessions.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import { confirmDefinitions } from '../../stores/config/definitions.ts';
import { log } from '../../stores/log.ts';
import { profileStub, sessionPrefix } from '../../stores/objects/profile-stub.ts';
import type { Parts } from './parts.ts';
import type { Upkeep } from './upkeep.ts';

/** Retired sessions that are remembered for a redelivery, newest first. */
const RETIRED_CAP = 32;

/**
 * Counts each event of the messages once and stores the result before it answers: the queue's way. Asks nobody but the person's home, which
 * holds the new state then.
 */
export async function countMessages(
  parts: Parts,
  upkeep: Upkeep,
  messages: readonly AppliedMessage[],
  { definitions }: ApplyOptions,
): Promise<ApplyResult> {
  const { ctx, memory, linking } = parts;
  const applied = countInMemory(parts, messages, definitions);
  await storeCounted(parts, upkeep);
  await linking.sendSnapshot();
  const standings = await standingsAfter(parts, messages);
  const messageIds = new Set(messages.map(({ id }) => id));
  const { state, retired, version } = memory.profile();
  const changes = { touched: applied.touchedSessions, retired, messageIds };
  return {
    v: 1,
    outcomes: applied.outcomes,
    sessions: changedSessions(state, changes, sessionPrefix(ctx.id), version),
    ...(standings && { standings }),
  };
}

/** Types of events that change how a person stands in experiments. */
const TELLING: ReadonlySet<string> = new Set(['recommendation_shown', 'recommendation_clicked', 'order_completed']);

/** How the person stands in experiments, where these messages may have changed it; his home says so. The same again for a message that comes again. */
async function standingsAfter(parts: Parts, messages: readonly AppliedMessage[]): Promise<PersonStandings | undefined> {
  const tells = ({ type, decision }: EnrichedEvent) =>
    TELLING.has(type) && (type === 'order_completed' || (decision?.trials.length ?? 0) > 0);
  if (!messages.some(({ events }) => events.some(tells))) return undefined;
  const { linking, env, site } = parts;
  const word = linking.isHome() ? parts.standings() : await profileStub(env, site, linking.home()).standings();
  return word.standings.length > 0 ? word : undefined;
}

/**
 * Counts the events for readers, and stores nothing: the queue has them and brings them, and what counts them then finds them counted and
 * stores the row that it would have stored anyway. If memory is lost before, so is nothing but the head start. Returns what became of each.
 */
export function countLive(
  parts: Parts,
  messages: readonly AppliedMessage[],
  { definitions }: ApplyOptions,
): ApplyResult['outcomes'] {
  const { outcomes } = countInMemory(parts, messages, definitions);
  parts.linking.sendLive().catch((error) => log('snapshot_waits', { site: parts.site, error: String(error) }));
  return outcomes;
}

/** Stores what memory is ahead of storage, if it is. */
async function storeCounted({ memory }: Parts, upkeep: Upkeep): Promise<void> {
  if (!memory.isAhead()) return;
  const first = memory.isNew();
  memory.save();
  // Set once: a row each time. The alarm finds the next time by itself.
  const { nextChangeAt, outbox, waiting } = memory.profile().following;
  if (first || nextChangeAt !== null || outbox.length > 0 || waiting.length > 0) await upkeep.wakeBy(upkeep.nextDuty());
}

/** Folds events that are not known yet, and those that waited for the site's definitions. */
function countInMemory(
  parts: Parts,
  messages: readonly AppliedMessage[],
  definitions: ApplyOptions['definitions'],
): Applied {
  const { env, site, memory, follower } = parts;
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
  if (applied.changed || (defined && follower.isBehind(defined))) {
    profile.retired = [...applied.retired, ...profile.retired].slice(0, RETIRED_CAP);
    const clients = new Map(messages.flatMap(({ client, events }) => events.map((event) => [event, client] as const)));
    const fresh = applied.fresh.map((event) => ({ event, client: clients.get(event) }));
    follower.follow(defined, fresh, now);
    memory.changed();
  }
  return applied;
}
