import type { EventMessage } from '../../core/events/message.ts';
import { eventMessageSchema, isNewerMessage } from '../../core/events/message.ts';
import { recordMentions } from '../../workers/erasure/record-mentions.ts';
import { eraseStragglers } from '../../workers/erasure/stragglers.ts';
import { nameOf, storeFailedEvents } from '../../workers/failed-events/store-failed.ts';
import { log } from '../../workers/http/log.ts';
import { followLinks } from '../../workers/identity/follow-links.ts';
import { feedSessions } from '../../workers/model/feed-sessions.ts';
import { applyToProfiles } from './apply-to-profiles.ts';
import { failedOutcomes } from './failed-outcomes.ts';
import { type AppliedEvents, countedEvents, recordRollups } from './record-rollups.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { writeLake } from './write-lake.ts';

/** After a deploy, an object or consumer of the old build may meet what the new one wrote: the new one takes it then. */
const NEWER_BUILD_SECONDS = 30;

/** A message of the batch with its parsed body. */
interface Parsed {
  readonly message: Message;
  readonly body: EventMessage;
}

/**
 * The consumer of `vitrine-events`. Each step may run again with the same messages and changes nothing then: profiles count by
 * event id, lake objects are named by what they hold, rollups guard by message id, sessions are upserts. A message is acked
 * once all its steps have succeeded.
 */
export async function consumeEvents(batch: MessageBatch, env: Env): Promise<void> {
  const startedAt = Date.now();
  const parsed: Parsed[] = [];
  for (const message of batch.messages) {
    const body = eventMessageSchema.safeParse(message.body);
    if (body.success) parsed.push({ message, body: body.data });
    else if (isNewerMessage(message.body)) message.retry({ delaySeconds: NEWER_BUILD_SECONDS });
    else await keepUnreadable(message, body.error.message, env);
  }
  const { applied, sessions, failed } = await applyToProfiles(
    env,
    parsed.map(({ body }) => body),
  );
  const done = new Set<string>();
  for (const [site, events] of bySite(applied)) {
    try {
      await settleSite(env, site, events);
      await followLinks(env, site, countedEvents(events));
      await feedSessions(env, site, sessions.get(site) ?? []);
      await eraseStragglers(
        env,
        site,
        events.map(({ message }) => message),
      );
      for (const { message } of events) done.add(message.id);
    } catch (error) {
      log('consume_failed', { site, messages: events.length, error: String(error) });
    }
  }
  for (const { message, body } of parsed) {
    if (done.has(body.id)) message.ack();
    else message.retry({ delaySeconds: retryDelaySeconds(message.attempts, Math.random()) });
  }
  log('consume', {
    messages: batch.messages.length,
    acked: done.size,
    profilesFailed: failed,
    events: applied.reduce((sum, { message }) => sum + message.events.length, 0),
    ms: Date.now() - startedAt,
  });
}

/** Everything downstream of the profiles, for the messages of one site. */
async function settleSite(env: Env, site: string, applied: readonly AppliedEvents[]): Promise<void> {
  await Promise.all([
    writeLake(env, site, applied),
    recordRollups(env, site, applied),
    recordMentions(env, site, countedEvents(applied)),
    ...applied.map(({ message, outcomes }) =>
      storeFailedEvents(env, site, message.receivedAt, failedOutcomes(message, outcomes)),
    ),
  ]);
}

/** A body that does not parse will not parse next time: it is kept as failed and acked, so that it spoils no neighbour. */
async function keepUnreadable(message: Message, reason: string, env: Env): Promise<void> {
  try {
    const { ledger } = nameOf(message.body);
    const failed = [{ reason: 'unreadable_message', message: reason, ledger, payload: message.body }];
    await storeFailedEvents(env, siteIn(message.body), message.timestamp.getTime(), failed);
    message.ack();
  } catch (error) {
    log('unreadable_not_stored', { error: String(error) });
    message.retry({ delaySeconds: retryDelaySeconds(message.attempts, Math.random()) });
  }
}

/** The site that a body names, if it does; else the place for messages of no site. */
export function siteIn(body: unknown): string {
  const site = typeof body === 'object' && body !== null && 'site' in body ? body.site : undefined;
  return typeof site === 'string' && /^[a-z0-9-]{1,64}$/.test(site) ? site : '_none';
}

function bySite(applied: readonly AppliedEvents[]): Map<string, AppliedEvents[]> {
  return Map.groupBy(applied, ({ message }) => message.site);
}
