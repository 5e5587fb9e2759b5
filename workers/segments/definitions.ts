import { z } from 'zod';
import { compileAttribute } from '../../core/attributes/compile-attribute.ts';
import { attributeSchema, nameSchema, type VersionedAttribute } from '../../core/attributes/definition.ts';
import { ExpiringCache } from '../../core/expiring-cache.ts';
import { type CompiledSegment, compileSegment } from '../../core/segments/compile-segment.ts';
import { segmentSchema, type VersionedSegment } from '../../core/segments/definition.ts';
import type { SiteDefinitions } from '../../core/segments/person.ts';

/** How long an isolate believes what it read. */
const TTL_MS = 30_000;
/**
 * A definition counts events from this time after it was made: by then every isolate has read it, so that no profile misses what another
 * counts.
 */
export const IN_FORCE_AFTER_MS = 2 * TTL_MS;

/** A segment takes part from `since` on. */
interface Loaded extends SiteDefinitions {
  readonly segments: readonly (CompiledSegment & { readonly since: number })[];
}

const NONE: Loaded = { attributes: [], segments: [], notifies: false };
const cache = new ExpiringCache<Loaded>(1_000, { ttlMs: TTL_MS });

const row = z.object({ name: nameSchema, version: z.int(), since: z.int(), definition: z.string() });
const attributeRow = row.transform(
  ({ definition, ...rest }): VersionedAttribute => ({
    ...rest,
    definition: attributeSchema.parse(JSON.parse(definition)),
  }),
);
const segmentRow = row.transform(({ definition, ...rest }): VersionedSegment & { since: number } => ({
  ...rest,
  definition: segmentSchema.parse(JSON.parse(definition)),
}));

/** What a site has defined, at most half a minute old. Throws when D1 does not answer: who counts must know what to count. */
export async function siteDefinitions(env: Env, site: string): Promise<SiteDefinitions> {
  const now = Date.now();
  const known = cache.get(site, now);
  if (known) return inForce(known, now);
  const [attributes, webhooks, segments] = await env.DB.batch([
    env.DB.prepare(
      'SELECT name, version, since, definition FROM attributes WHERE site = ? AND definition IS NOT NULL ORDER BY name',
    ).bind(site),
    env.DB.prepare('SELECT 1 FROM webhooks WHERE site = ? AND disabled IS NULL LIMIT 1').bind(site),
    env.DB.prepare(
      'SELECT name, version, since, definition FROM segments WHERE site = ? AND definition IS NOT NULL ORDER BY name',
    ).bind(site),
  ]);
  const definitions: Loaded = {
    attributes: z.array(attributeRow).parse(attributes?.results).map(compileAttribute),
    segments: z
      .array(segmentRow)
      .parse(segments?.results)
      .map((row) => ({ ...compileSegment(row), since: row.since })),
    notifies: (webhooks?.results.length ?? 0) > 0,
  };
  cache.set(site, definitions, now);
  return inForce(definitions, now);
}

/** As `siteDefinitions`, for a reader, who is served with what was known last, if only nothing, rather than not at all. */
export async function lastDefinitions(env: Env, site: string): Promise<SiteDefinitions> {
  try {
    return await siteDefinitions(env, site);
  } catch {
    return inForce(cache.last(site) ?? NONE, Date.now());
  }
}

/** Forgets what this isolate knows of a site, after it changed it itself. */
export function forgetDefinitions(site: string): void {
  cache.set(site, NONE, 0);
}

function inForce(loaded: Loaded, now: number): SiteDefinitions {
  if (loaded.segments.every(({ since }) => since <= now)) return loaded;
  return { ...loaded, segments: loaded.segments.filter(({ since }) => since <= now) };
}
