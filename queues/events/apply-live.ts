import { CRITICAL_TYPES } from '../../core/events/critical-types.ts';
import type { EnrichedEvent, EventMessage } from '../../core/events/message.ts';
import type { PackedMessage } from '../../core/events/pack.ts';
import { LINK_TYPES } from '../../core/events/vouch.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';
import { followLinks } from '../../stores/links/follow-links.ts';
import { log } from '../../stores/log.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { settledWithin } from '../../stores/with-deadline.ts';

/**
 * How long an answer waits for the way to the profile: far beyond the milliseconds that it takes, so that the next read sees the event even
 * if the object has to wake in another place first; beyond it the queue's way does it.
 */
const LIVE_DEADLINE_MS = 2_000;
/** How long it waits for links to be written down and followed, which takes D1; they go on behind the answer, and the queue brings them again. */
const LINKS_DEADLINE_MS = 500;
/** After links were late or failed, no answer of this isolate waits for them for so long. */
const LINKS_PAUSE_MS = 5_000;

let linksPausedUntil = 0;

/** Applies critical events at once. The queue has them already, so a failure costs freshness and nothing else. Never throws. */
export async function applyLive(env: Env, messages: readonly PackedMessage[]): Promise<void> {
  const calls = messages.flatMap(({ body }) => {
    const events = body.events.filter((event) => CRITICAL_TYPES.has(event.type));
    return events.length > 0 ? [applyOne(env, body, events)] : [];
  });
  if (calls.length === 0) return;
  const outcomes = await Promise.all(calls.map((call) => settledWithin(call, LIVE_DEADLINE_MS)));
  const missed = outcomes.filter((outcome) => outcome === 'deadline' || outcome === 'error').length;
  if (missed > 0) log('critical_deferred', { profiles: missed });
}

async function applyOne(
  env: Env,
  { id, site, ledger, client }: EventMessage,
  events: readonly EnrichedEvent[],
): Promise<void> {
  const definitions = await siteDefinitions(env, site);
  const { outcomes } = await profileStub(env, site, ledger).apply([{ id, events: [...events], client }], {
    definitions,
    awaitHome: false,
  });
  const counted = events.filter((event, index) => outcomes[0]?.[index] === 'counted' && LINK_TYPES.has(event.type));
  if (counted.length > 0)
    await linkSoon(
      env,
      site,
      counted.map((event) => ({ ...event, ledger })),
    );
}

async function linkSoon(env: Env, site: string, events: Parameters<typeof followLinks>[2]): Promise<void> {
  const paused = Date.now() < linksPausedUntil;
  const linking = followLinks(env, site, events).catch((error) => {
    log('links_deferred', { site, error: String(error) });
    throw error;
  });
  const outcome = await settledWithin(linking, paused ? 0 : LINKS_DEADLINE_MS);
  if (outcome === 'deadline' || outcome === 'error') linksPausedUntil = Date.now() + LINKS_PAUSE_MS;
}
