import type { Ledger } from '../../core/identity/ledger.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { profileStub } from '../objects/profile-stub.ts';
import { chunked } from '../statements.ts';
import { tallyStub } from './tally-stub.ts';

/** People whose homes are asked at once. */
const AT_ONCE = 16;
const MAX_SITES = 200;
/** An experiment that has just begun has nobody yet whom a link could move. */
const AGES = { ttlMs: 5_000 };
const begun = new LoadedCache<boolean>(MAX_SITES, AGES);

/** Hands on what profiles said of their people. */
export async function reportStandings(env: Env, site: string, words: readonly PersonStandings[]): Promise<void> {
  if (words.length > 0) await tallyStub(env, site).take({ v: 1, words });
}

/**
 * Has the tally hear how the people of these ledgers stand now, wherever they stood before: after a link, its end, an erasure. A ledger that is
 * nobody's home any more stands nowhere.
 */
export async function reportMoved(env: Env, site: string, ledgers: Iterable<Ledger>): Promise<void> {
  const concerned = new Set(ledgers);
  if (concerned.size === 0 || !(await hasBegun(env, site))) return;
  for (const some of chunked([...concerned], AT_ONCE)) {
    const homes = await Promise.all(some.map((ledger) => profileStub(env, site, ledger).home()));
    for (const home of homes) concerned.add(home);
  }
  for (const some of chunked([...concerned], AT_ONCE)) {
    const words = await Promise.all(some.map((ledger) => profileStub(env, site, ledger).standings()));
    await reportStandings(
      env,
      site,
      words.map((word) => ({ ...word, complete: true })),
    );
  }
  // What was said of them before leaves the tally now, and not in some minutes.
  await tallyStub(env, site).fold();
}

/** Whether any experiment of the site ever started. */
export function hasBegun(env: Env, site: string): Promise<boolean> {
  return readThrough(begun, site, async () => {
    const row = await env.DB.prepare('SELECT 1 FROM experiments WHERE site = ? AND started_at IS NOT NULL LIMIT 1')
      .bind(site)
      .first();
    return row !== null;
  });
}
