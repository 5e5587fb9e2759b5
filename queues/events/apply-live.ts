import { waitUntil } from 'cloudflare:workers';
import pMap from 'p-map';
import type { EnrichedEvent, EventMessage } from '../../core/events/message.ts';
import type { PackedMessage } from '../../core/events/pack.ts';
import { LINK_TYPES } from '../../core/events/vouch.ts';
import { knownDefinitions, siteDefinitions } from '../../stores/config/definitions.ts';
import { followLinks } from '../../stores/links/follow-links.ts';
import { log } from '../../stores/log.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { chunked } from '../../stores/statements.ts';
import { settledWithin } from '../../stores/with-deadline.ts';

/** Profiles that are told at once. */
const PROFILES_AT_ONCE = 32;
/** How long an answer waits for links to be written down and followed, which takes D1; they go on behind the answer, and the queue brings them again. */
const LINKS_DEADLINE_MS = 500;
/** After links were late or failed, no answer of this isolate waits for them for so long. */
const LINKS_PAUSE_MS = 5_000;

let linksPausedUntil = 0;

/** Packed messages with the texts as which they travel. */
export type MessageTexts = ReadonlyMap<PackedMessage, string>;

/**
 * Shows readers the events at once, of whatever type: each profile holds them in memory. The queue has them already, so a failure costs
 * freshness and nothing else. The calls are on their way when this answers, and the answer waits for none of them but those that link.
 * Never throws.
 */
export async function applyLive(env: Env, texts: MessageTexts): Promise<void> {
  const linking: EventMessage[] = [];
  const showing: (readonly [EventMessage, string])[] = [];
  for (const [{ body }, text] of texts) {
    if (body.events.some(links)) linking.push(body);
    else showing.push([body, text]);
  }
  waitUntil(showAll(env, showing));
  if (linking.length === 0) return;
  const paused = Date.now() < linksPausedUntil;
  const linked = pMap(linking, (body) => linkOne(env, body), { concurrency: PROFILES_AT_ONCE });
  const outcome = await settledWithin(linked, paused ? 0 : LINKS_DEADLINE_MS);
  if (outcome === 'deadline' || outcome === 'error') linksPausedUntil = Date.now() + LINKS_PAUSE_MS;
}

async function showAll(env: Env, showing: readonly (readonly [EventMessage, string])[]): Promise<void> {
  let missed = 0;
  for (const some of chunked(showing, PROFILES_AT_ONCE)) {
    // Asks no store before the calls, so that they are under way before any read that comes after the answer.
    const calls = some.map(async ([{ id, site, ledger }, text]) => {
      await profileStub(env, site, ledger).show(id, text, knownDefinitions(site, Date.now())?.wire);
    });
    missed += (await Promise.allSettled(calls)).filter(({ status }) => status === 'rejected').length;
  }
  if (missed > 0) log('live_deferred', { profiles: missed });
  // For the next ones: read anew when it is old. All messages of a request are of one site.
  const [first] = showing;
  if (first) await siteDefinitions(env, first[0].site);
}

const links = ({ type, proof }: EnrichedEvent) => LINK_TYPES.has(type) && proof !== undefined;

async function linkOne(env: Env, { id, site, ledger, client, events }: EventMessage): Promise<void> {
  const definitions = knownDefinitions(site, Date.now())?.wire;
  const [outcomes] = await profileStub(env, site, ledger).live([{ id, events, client }], { definitions });
  const counted = events.filter((_, index) => outcomes?.[index] === 'counted');
  const following = followLinks(
    env,
    site,
    counted.map((event) => ({ ...event, ledger })),
  );
  await following.catch((error) => {
    log('links_deferred', { site, error: String(error) });
    throw error;
  });
}
