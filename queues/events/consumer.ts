import { type AppliedEvents, countedEvents } from '../../core/events/applied-events.ts';
import type { ChangedSession } from '../../core/profile/answers.ts';
import { staggered } from '../../stores/breathe.ts';
import { recordMentions } from '../../stores/erasure/record-mentions.ts';
import { eraseStragglers } from '../../stores/erasure/stragglers.ts';
import { keepFailed } from '../../stores/failed-events/keep-failed.ts';
import { followLinks } from '../../stores/links/follow-links.ts';
import { log } from '../../stores/log.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { recordRollups } from '../../stores/rollups/record-rollups.ts';
import { retryLater } from '../retry-later.ts';
import { applyToProfiles } from './apply-to-profiles.ts';
import { failedOutcomes } from './failed-outcomes.ts';
import { readMessages } from './read-messages.ts';
import { writeLake } from './write-lake.ts';

/**
 * The consumer of `vitrine-events`. Each step may run again with the same messages and changes nothing then: profiles count by
 * event id, lake objects are named by what they hold, rollups guard by message id, sessions are upserts. A message is acked
 * once all its steps have succeeded; the messages of one site wait for no other site's.
 */
export async function consumeEvents(batch: MessageBatch, env: Env): Promise<void> {
  const startedAt = Date.now();
  const read = await readMessages(batch, env);
  const { applied, sessions, failed } = await applyToProfiles(
    env,
    read.map(({ body }) => body),
  );
  const sites = Map.groupBy(applied, ({ message }) => message.site);
  const done = await Promise.all(
    [...sites].map(([site, events]) => recordSite(env, site, events, sessions.get(site) ?? [])),
  );
  const recorded = new Set(done.flat());
  for (const { message, body } of read) {
    if (recorded.has(body.id)) message.ack();
    else retryLater(message);
  }
  log('consume', {
    messages: batch.messages.length,
    acked: recorded.size,
    profilesFailed: failed,
    events: applied.reduce((sum, { message }) => sum + message.events.length, 0),
    ms: Date.now() - startedAt,
  });
}

/** Everything downstream of the profiles, for the messages of one site. Returns the ids of those that are done: all of them, or none. */
async function recordSite(
  env: Env,
  site: string,
  applied: readonly AppliedEvents[],
  sessions: readonly ChangedSession[],
): Promise<string[]> {
  try {
    await staggered([
      () => feedSessions(env, site, sessions),
      () => recordMentions(env, site, countedEvents(applied)),
      () => keepAllFailed(env, site, applied),
      () => followLinks(env, site, countedEvents(applied)),
    ]);
    // Last: what is counted is everywhere else already.
    await staggered([() => recordRollups(env, site, applied), () => writeLake(env, site, applied)]);
    const messages = applied.map(({ message }) => message);
    await eraseStragglers(env, site, messages);
    return messages.map(({ id }) => id);
  } catch (error) {
    log('consume_failed', { site, messages: applied.length, error: String(error) });
    return [];
  }
}

async function keepAllFailed(env: Env, site: string, applied: readonly AppliedEvents[]): Promise<void> {
  for (const { message, outcomes } of applied) {
    const failed = failedOutcomes(message, outcomes);
    if (failed.length > 0) await keepFailed(env, { site, time: message.receivedAt, failed });
  }
}
