import { waitUntil } from 'cloudflare:workers';
import pMap from 'p-map';
import { pathOfFault } from '../../core/events/cause.ts';
import type { SchemaDoor, SchemaViolation } from '../../core/events/schema-door.ts';
import { doorOf } from '../../core/schemas/door.ts';
import { DAY_MS } from '../../core/time.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { log } from '../log.ts';
import { withDeadline } from '../with-deadline.ts';
import { readDoors } from './subjects.ts';
import { heldVersions, readRegistered, type SchemaVersion } from './versions.ts';

/** How old what an isolate knows of a site's doors may be: a new version is in force everywhere after half a minute. */
const TTL_MS = 25_000;
const MAX_SITES = 200;
/** Types that are read at once. */
const AT_ONCE = 6;
/** How long the first event of an isolate waits for what holds; then it is let in unchecked, and that is logged. */
const COLD_WAIT_MS = 500;
/** How long what would have been refused is gathered before it is written. */
const GATHER_MS = 2_000;
/** From so many places of faults on, what is gathered is counted without its place: a place may bear any name that a page says. */
const MAX_ROWS = 200;

type Checks = ReadonlyMap<string, ReturnType<typeof doorOf>>;

const cache = new LoadedCache<Checks>(MAX_SITES, { ttlMs: TTL_MS });

/**
 * The door of a site: what its events must be, by type. From memory; a site that checks nothing costs one look into a map. When the store is away
 * the last known one holds, and where nothing is known events come in: a check must not cost the shop its orders.
 */
export async function schemaDoor(env: Env, site: string): Promise<SchemaDoor | undefined> {
  const load = () => readThrough(cache, site, () => loadChecks(env, site));
  const checks = cache.last(site) === undefined ? await firstChecks(site, load) : await load();
  if (!checks?.size) return undefined;
  return { check: (type, properties) => checks.get(type)?.(properties) };
}

/** What nothing is known of yet: loaded, under a deadline, by one event of each two seconds where the store is away. */
async function firstChecks(site: string, load: () => Promise<Checks>): Promise<Checks | undefined> {
  if (cache.failures.get(site, Date.now())) return undefined;
  const found = await withDeadline(load(), COLD_WAIT_MS);
  if (typeof found !== 'string') return found;
  cache.failures.set(site, true, Date.now());
  log('schemas_unavailable', { site, why: found });
  return undefined;
}

/** Forgets what this isolate knows of a site's doors, after it changed them itself. */
export function forgetDoors(site: string): void {
  cache.delete(site);
  cache.flights.forget(site);
  cache.failures.delete(site);
}

async function loadChecks(env: Env, site: string): Promise<Checks> {
  const doors = [...(await readDoors(env, site))].filter(([, { mode }]) => mode !== 'off');
  const wanted = doors.map(([subject, { version }]) => [subject, version] as const);
  const versions = doors.length === 0 ? new Map() : await heldVersions(env, site, wanted);
  const checks = await pMap(
    doors,
    async ([subject, door]) => {
      const held: SchemaVersion | undefined = versions.get(subject);
      const read = held && (await readRegistered(env, site, held));
      const schema = read?.type === 'JSON' ? read.json : undefined;
      return [subject, doorOf({ door, version: held?.version ?? 0, schema })] as const;
    },
    { concurrency: AT_ONCE },
  );
  return new Map(checks);
}

interface Watched {
  readonly site: string;
  readonly type: string;
  readonly violation: SchemaViolation;
}

let gathered: Watched[] = [];

/** Counts an event that would have been refused: gathered in memory and written behind the answers, so that a burst of one fault is one row. */
export function noteWatched(env: Env, site: string, type: string, violation: SchemaViolation): void {
  gathered.push({ site, type, violation });
  if (gathered.length > 1) return;
  waitUntil(
    scheduler
      .wait(GATHER_MS)
      .then(() => writeWatched(env))
      .catch((error) => log('schema_watch_not_counted', { error: String(error) })),
  );
}

async function writeWatched(env: Env): Promise<void> {
  const taken = gathered;
  gathered = [];
  const day = Math.floor(Date.now() / DAY_MS);
  const rows = new Map<
    string,
    { readonly key: readonly (string | number)[]; readonly message: string; events: number }
  >();
  for (const { site, type, violation } of taken) {
    const path = rows.size < MAX_ROWS ? pathOfFault(violation.message) : '';
    const key = [site, type, day, violation.version, path];
    const row = rows.get(JSON.stringify(key)) ?? { key, message: violation.message, events: 0 };
    row.events += 1;
    rows.set(JSON.stringify(key), row);
  }
  await env.DB.prepare(
    `INSERT INTO schema_watched (site, subject, day, version, path, events, message)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6 FROM json_each(?) WHERE true
       ON CONFLICT DO UPDATE SET events = events + excluded.events, message = excluded.message`,
  )
    .bind(JSON.stringify([...rows.values()].map(({ key, message, events }) => [...key, events, message])))
    .run();
}
