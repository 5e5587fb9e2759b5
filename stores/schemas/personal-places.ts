import pMap from 'p-map';
import { BUILTIN_PREFIX } from '../../core/schemas/builtin-schemas.ts';
import { type PersonalPlace, personalPlaces } from '../../core/schemas/json/personal.ts';
import { readRegistered, versionsOf } from './versions.ts';

/** Versions of a subject that are looked into, the newest: an event may be of an earlier one. */
const MAX_VERSIONS = 10;
/** Types that are read at once. */
const AT_ONCE = 6;

/** Where the properties of each type are personal: what any of its schemas says, and what Vitrine's own does. */
export async function readPersonalPlaces(
  env: Env,
  site: string,
  types: readonly string[],
): Promise<(type: string) => readonly PersonalPlace[]> {
  const places = await pMap([...new Set(types)], async (type) => [type, await placesOf(env, site, type)] as const, {
    concurrency: AT_ONCE,
  });
  const byType = new Map(places);
  return (type) => byType.get(type) ?? [];
}

async function placesOf(env: Env, site: string, type: string): Promise<PersonalPlace[]> {
  const own = (await versionsOf(env, site, type)).filter((one) => one.type === 'JSON').slice(-MAX_VERSIONS);
  const builtin = await versionsOf(env, site, `${BUILTIN_PREFIX}${type}`);
  const found: PersonalPlace[] = [];
  for (const version of [...own, ...builtin]) {
    const read = await readRegistered(env, site, version);
    // What cannot be read any more may have called anything personal.
    if (read?.type !== 'JSON') return [[]];
    found.push(...personalPlaces(read.json.root, read.json.references));
  }
  return found;
}
