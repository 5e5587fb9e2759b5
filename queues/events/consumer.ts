import { type AppliedEvents, countedEvents } from '../../core/events/applied-events.ts';
import type { EventMessage } from '../../core/events/message.ts';
import type { ChangedSession } from '../../core/profile/answers.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import { staggered } from '../../stores/breathe.ts';
import { recordMentions } from '../../stores/erasure/record-mentions.ts';
import { eraseStragglers } from '../../stores/erasure/stragglers.ts';
import { reportStandings } from '../../stores/experiments/report-standings.ts';
import { keepFailed } from '../../stores/failed-events/keep-failed.ts';
import { followLinks } from '../../stores/links/follow-links.ts';
import { log } from '../../stores/log.ts';
import { feedSessions } from '../../stores/model/feed-sessions.ts';
import { notePulse } from '../../stores/pulse/note-pulse.ts';
import { recordRollups } from '../../stores/rollups/record-rollups.ts';
import { retryLater } from '../retry-later.ts';
import { applyToProfiles } from './apply-to-profiles.ts';
import { failedOutcomes } from './failed-outcomes.ts';
import { readMessages } from './read-messages.ts';
import { writeLake } from './write-lake.ts';

/** So many failures without a success between say that a store is away. */
const AWAY_AFTER = 3;

/**
 * The consumer of `vitrine-events`. Each step may run again with the same messages and changes nothing then: profiles count by
 * event id, lake objects are named by what they hold, rollups guard by message id, sessions are upserts. A message is acked
 * once all its steps have succeeded; it waits for no other.
 */
export async function consumeEvents(batch: MessageBatch, env: Env): Promise<void> {
  const startedAt = Date.now();
  const read = await readMessages(batch, env);
  const { applied, sessions, standings, failed } = await applyToProfiles(
    env,
    read.map(({ body }) => body),
  );
  const appliedAt = Date.now();
  const sites = Map.groupBy(applied, ({ message }) => message.site);
  const done = await Promise.all(
    [...sites].map(([site, events]) => recordSite(env, site, events, sessions.get(site) ?? [], standings)),
  );
  const recorded = new Set(done.flat());
  for (const { message, body } of read) {
    if (recorded.has(body.id)) message.ack();
    else retryLater(message);
  }
  const times = { queued: startedAt, applied: appliedAt, recorded: Date.now() };
  for (const [site, events] of sites)
    notePulse(
      env,
      site,
      events.filter(({ message }) => recorded.has(message.id)),
      times,
    );
  log('consume', {
    messages: batch.messages.length,
    acked: recorded.size,
    profilesFailed: failed,
    events: applied.reduce((sum, { message }) => sum + message.events.length, 0),
    ms: Date.now() - startedAt,
  });
}

/** Everything downstream of the profiles, for the messages of one site. Returns the ids of those that are done. */
async function recordSite(
  env: Env,
  site: string,
  applied: readonly AppliedEvents[],
  sessions: readonly ChangedSession[],
  standings: ReadonlyMap<EventMessage, PersonStandings>,
): Promise<string[]> {
  // The model is an extra: what it does not hear costs it freshness, and no message its ack.
  await feedSessions(env, site, sessions).catch((error) => log('index_behind', { site, error: String(error) }));
  const ready = await eachForItself(applied, (some) => recordBeside(env, site, some, standings));
  return eachForItself(ready, async (some) => {
    // Last: what is counted is everywhere else already.
    await staggered([() => recordRollups(env, site, some), () => writeLake(env, site, some)]);
    await eraseStragglers(
      env,
      site,
      some.map(({ message }) => message),
    );
  }).then((done) => done.map(({ message }) => message.id));
}

async function recordBeside(
  env: Env,
  site: string,
  applied: readonly AppliedEvents[],
  standings: ReadonlyMap<EventMessage, PersonStandings>,
): Promise<void> {
  const words = new Set(applied.flatMap(({ message }) => standings.get(message) ?? []));
  await staggered([
    () => reportStandings(env, site, [...words]),
    () => recordMentions(env, site, countedEvents(applied)),
    () => keepAllFailed(env, site, applied),
    () => followLinks(env, site, countedEvents(applied)),
  ]);
}

/**
 * Does a step for all messages at once and, when that fails, for each one for itself, so that one which fails holds up no neighbour. Returns
 * those that it was done for. When the first few fail one by one as well, the store is away: the others wait for it.
 */
async function eachForItself(
  applied: readonly AppliedEvents[],
  step: (some: readonly AppliedEvents[]) => Promise<void>,
): Promise<readonly AppliedEvents[]> {
  if (applied.length === 0) return [];
  try {
    await step(applied);
    return applied;
  } catch (error) {
    const site = applied[0]?.message.site;
    log('consume_failed', { site, messages: applied.length, error: String(error) });
    if (applied.length === 1) return [];
  }
  const done: AppliedEvents[] = [];
  let failed = 0;
  for (const one of applied) {
    if (failed >= AWAY_AFTER && done.length === 0) break;
    const [ok] = await eachForItself([one], step);
    if (ok) done.push(ok);
    else failed += 1;
  }
  return done;
}

async function keepAllFailed(env: Env, site: string, applied: readonly AppliedEvents[]): Promise<void> {
  for (const { message, outcomes } of applied) {
    const failed = failedOutcomes(message, outcomes);
    if (failed.length > 0) await keepFailed(env, { site, time: message.receivedAt, failed });
  }
}
