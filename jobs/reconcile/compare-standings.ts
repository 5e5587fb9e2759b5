import { isDeepStrictEqual } from 'node:util';
import { hashLedger } from '../../core/identity/hash-ledger.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { decodeState } from '../../core/profile/encode-state.ts';
import { mergeStates } from '../../core/profile/merge-states.ts';
import { PERSON_LENGTH } from '../../core/profile/person-standings.ts';
import { type Standing, standingsOf } from '../../core/profile/standing.ts';
import { DAY_MS, hourOf, MINUTE_MS } from '../../core/time.ts';
import { hasBegun } from '../../stores/experiments/report-standings.ts';
import { tallyStub } from '../../stores/experiments/tally-stub.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { listPartitions, type Partition } from '../../stores/lake/partitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { eventsOf, stateOf } from './compare-profiles.ts';

/** People whose standings one reconciliation makes again from the lake. */
const SAMPLE = 20;
/** Whose history is longer is not sampled: reading it would take too long. */
const MAX_DAYS = 31;
/** Who was here so lately may be on the way from the profile to the tally, or to the lake. */
const QUIET_MS = 10 * MINUTE_MS;

/** Somebody whose standing in an experiment is not what his events in the lake make. */
export interface DifferingStanding {
  /** His home. */
  readonly ledger: Ledger;
  /** Number of the experiment. */
  readonly experiment: number;
}

/**
 * Makes the standings of some people in experiments again from all of their events in the lake, and compares them to what the tally holds: of
 * people at random who were shown anything of an experiment in the newest hours.
 */
export async function compareStandings(
  env: Env,
  site: string,
  partitions: readonly Partition[],
  random: () => number,
  quietMs = QUIET_MS,
): Promise<{ readonly compared: number; readonly differing: DifferingStanding[] }> {
  if (!(await hasBegun(env, site))) return { compared: 0, differing: [] };
  const homes = new Set<Ledger>();
  for (const ledger of await sampleShown(env, partitions, random))
    homes.add(await profileStub(env, site, ledger).home());
  const made = await standingsInLake(env, site, [...homes], partitions);
  const differing: DifferingStanding[] = [];
  let compared = 0;
  for (const [home, { standings, lastAt }] of made) {
    if (lastAt > Date.now() - quietMs) continue;
    compared += 1;
    for (const standing of standings)
      if (!isSame(standing, await standingInTally(env, site, home, standing.number)))
        differing.push({ ledger: home, experiment: standing.number });
  }
  return { compared, differing };
}

/**
 * The standings that people's events in the lake make, by home, with the time of the last event; the lake is read once for all. Left out are those
 * whose home is elsewhere, and whose history reaches too far back.
 */
export async function standingsInLake(
  env: Env,
  site: string,
  homes: readonly Ledger[],
  partitions: readonly Partition[],
): Promise<Map<Ledger, { readonly standings: Standing[]; readonly lastAt: number }>> {
  const oldest = Date.now() - MAX_DAYS * DAY_MS;
  const people = new Map<Ledger, { readonly ledgers: Ledger[]; readonly firstAt: number }>();
  for (const home of homes) {
    const stub = profileStub(env, site, home);
    if ((await stub.home()) !== home) continue;
    const ledgers = (await stub.ledgers()).toSorted();
    const firsts = await Promise.all(
      ledgers.map(async (ledger) => decodeState(await profileStub(env, site, ledger).exportState()).firstAt),
    );
    const firstAt = Math.min(...firsts.filter((first) => first > 0));
    if (firstAt >= oldest) people.set(home, { ledgers, firstAt });
  }
  if (people.size === 0) return new Map();
  const all = [...people.values()];
  const from = hourOf(Math.min(...all.map(({ firstAt }) => Math.min(firstAt, Date.now()))));
  const older = await listPartitions(env, site, from, (partitions[0]?.hour ?? 0) - 1);
  const ledgersOfAll = all.flatMap(({ ledgers }) => ledgers);
  const events = await eventsOf(env, site, ledgersOfAll, [...older, ...partitions]);
  return new Map(
    [...people].map(([home, { ledgers }]) => {
      const state = mergeStates(ledgers.map((ledger) => decodeState(stateOf(env, events.get(ledger) ?? []))));
      return [home, { standings: standingsOf(state), lastAt: state.lastAt }];
    }),
  );
}

/** How the tally says that a person stands in an experiment. */
export async function standingInTally(
  env: Env,
  site: string,
  home: Ledger,
  number: number,
): Promise<Omit<Standing, 'number'> | undefined> {
  const person = hashLedger(site, home).slice(0, PERSON_LENGTH);
  return tallyStub(env, site).standing(number, person);
}

/**
 * But for what somebody was like before, which the tally keeps as it was first said, and for other ways of attribution where the tally has none: what it
 * was told before there were any.
 */
function isSame(a: Omit<Standing, 'number'>, b: Omit<Standing, 'number'> | undefined): boolean {
  if (b === undefined) return false;
  const { variant, mixed, firstAt, shown, clicked, orders, revenue, attributed, attributedRevenue } = a;
  const otherwise = b.attributedOtherwise && a.attributedOtherwise;
  return isDeepStrictEqual(
    { ...{ variant, mixed, firstAt, shown, clicked, orders, revenue, attributed, attributedRevenue }, otherwise },
    {
      ...{ variant: b.variant, mixed: b.mixed, firstAt: b.firstAt, shown: b.shown, clicked: b.clicked },
      ...{ orders: b.orders, revenue: b.revenue, attributed: b.attributed, attributedRevenue: b.attributedRevenue },
      otherwise: b.attributedOtherwise,
    },
  );
}

/** Some ledgers that were shown something of an experiment in the newest hours, at random. */
async function sampleShown(env: Env, partitions: readonly Partition[], random: () => number): Promise<Set<Ledger>> {
  const found = new Set<Ledger>();
  const files = partitions.flatMap(({ files }) => files);
  for (let tries = 0; tries < 4 && files.length > 0; tries += 1) {
    const file = files[Math.floor(random() * files.length)];
    const rows = file ? await readParquet(env, file.key, ['ledger', 'decision']) : [];
    const shown = rows.filter(({ decision }) => typeof decision === 'string' && !decision.includes('"trials":[]'));
    for (let pick = 0; pick < SAMPLE / 4 && shown.length > 0; pick += 1)
      found.add(String(shown[Math.floor(random() * shown.length)]?.ledger) as Ledger);
  }
  return found;
}
