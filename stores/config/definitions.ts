import { z } from 'zod';
import type { WireDefinitions } from '../../core/attributes/wire-definitions.ts';
import type { SiteDefinitions } from '../../core/segments/person.ts';
import {
  formatDefinitions,
  inForce,
  type LoadedDefinitions,
  parseDefinitions,
} from '../../core/segments/site-definitions.ts';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { ExpiringCache } from '../cache/expiring-cache.ts';
import { SingleFlight } from '../cache/single-flight.ts';
import { log } from '../log.ts';
import { withDeadline } from '../with-deadline.ts';

/** From this age on what an isolate knows is read anew, behind the answer. */
const REFRESH_MS = 20_000;
/** What was confirmed so lately holds every definition that is in force. */
const CONFIRMED_MS = 50_000;
/**
 * A definition counts events from this time after it was made: whoever counts then has heard of it, or knows that he has not, and lets the
 * events wait.
 */
export const IN_FORCE_AFTER_MS = 60_000;
/** How long who counts waits for the store when what it knows is too old, and how long when it knows nothing. */
const WAIT_MS = 100;
const COLD_WAIT_MS = 500;
/** After a failure nobody waits for the store for so long. */
const FAILED_MS = 5_000;
const MAX_SITES = 1_000;

interface Known extends WireDefinitions {
  readonly loaded: LoadedDefinitions;
}

const known = new ExpiringCache<Known>(MAX_SITES, { ttlMs: Number.MAX_SAFE_INTEGER });
const failures = new ExpiringCache<true>(MAX_SITES, { ttlMs: FAILED_MS });
const flights = new SingleFlight<Known>();

const row = z.object({ name: z.string(), version: z.int(), since: z.int(), definition: z.string() });
const attributeRow = row
  .extend({ filled_at: z.int().nullable() })
  .transform(({ filled_at: filledAt, ...rest }) => ({ ...rest, ...(filledAt !== null && { filled: true }) }));

/**
 * What a site has defined, for who sends events to profiles: from memory, read anew behind the answer. Never throws, and waits for the
 * store only when what is known may lack a definition that is in force, and then briefly.
 *
 * @returns nothing when nothing is known and the store does not answer.
 */
export async function siteDefinitions(env: Env, site: string): Promise<WireDefinitions | undefined> {
  const now = Date.now();
  const held = known.last(site);
  const ageMs = held ? now - held.confirmedAt : Number.POSITIVE_INFINITY;
  if (held && ageMs < REFRESH_MS) return wireOf(held);
  if (failures.get(site, now)) return held && wireOf(held);
  if (held && ageMs < CONFIRMED_MS) {
    if (!flights.isUnderWay(site)) load(env, site).catch(() => undefined);
    return wireOf(held);
  }
  const outcome = await withDeadline(load(env, site), held ? WAIT_MS : COLD_WAIT_MS);
  if (typeof outcome === 'object') return wireOf(outcome);
  return held && wireOf(held);
}

/** Takes what a caller knows of a site's definitions, unless something newer is known here. */
export function adoptDefinitions(site: string, given: WireDefinitions | undefined): void {
  const held = known.last(site);
  if (given === undefined || (held && held.confirmedAt >= given.confirmedAt)) return;
  const loaded = held?.version === given.version ? held.loaded : parseDefinitions(given.text);
  known.set(site, { ...given, loaded }, given.confirmedAt);
}

/** What this isolate knows of a site's definitions, and whether that is all that is in force now. Asks nobody. */
export function knownDefinitions(
  site: string,
  now: number,
): { readonly definitions: SiteDefinitions; readonly wire: WireDefinitions; readonly confirmed: boolean } | undefined {
  const held = known.last(site);
  if (!held) return undefined;
  return {
    definitions: inForce(held.loaded, now),
    wire: wireOf(held),
    confirmed: now - held.confirmedAt < CONFIRMED_MS,
  };
}

/** Takes what a caller knows of a site's definitions; those in force now if what is known is sure to be all of them. Asks nobody. */
export function confirmDefinitions(
  site: string,
  given: WireDefinitions | undefined,
  now: number,
): SiteDefinitions | undefined {
  adoptDefinitions(site, given);
  const held = knownDefinitions(site, now);
  return held?.confirmed ? held.definitions : undefined;
}

/** Forgets what this isolate knows of a site, after it changed it itself. */
export function forgetDefinitions(site: string): void {
  known.delete(site);
  flights.forget(site);
  failures.delete(site);
}

/** One question a site at a time, whoever asks. */
function load(env: Env, site: string): Promise<Known> {
  return flights.load(site, async () => {
    try {
      const fresh = await read(env, site);
      known.set(site, fresh, fresh.confirmedAt);
      return fresh;
    } catch (error) {
      failures.set(site, true, Date.now());
      log('definitions_unavailable', { site, error: String(error) });
      throw error;
    }
  });
}

async function read(env: Env, site: string): Promise<Known> {
  const confirmedAt = Date.now();
  const [attributes, webhooks, segments] = await env.DB.batch([
    env.DB.prepare(
      'SELECT name, version, since, definition, filled_at FROM attributes WHERE site = ? AND definition IS NOT NULL ORDER BY name',
    ).bind(site),
    env.DB.prepare('SELECT 1 FROM webhooks WHERE site = ? AND disabled IS NULL LIMIT 1').bind(site),
    env.DB.prepare(
      'SELECT name, version, since, definition FROM segments WHERE site = ? AND definition IS NOT NULL ORDER BY name',
    ).bind(site),
  ]);
  const text = formatDefinitions({
    attributes: z.array(attributeRow).parse(attributes?.results),
    segments: z.array(row).parse(segments?.results),
    notifies: (webhooks?.results.length ?? 0) > 0,
  });
  const version = (await sha256Hex(text)).slice(0, 16);
  const held = known.last(site);
  return { version, text, confirmedAt, loaded: held?.version === version ? held.loaded : parseDefinitions(text) };
}

function wireOf({ version, text, confirmedAt }: Known): WireDefinitions {
  return { version, text, confirmedAt };
}
