import { hashLedger } from '../../core/identity/hash-ledger.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { isHistory } from '../../core/lake/history.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import { encodeState } from '../../core/profile/encode-state.ts';
import { foldEvent } from '../../core/profile/fold-event.ts';
import { emptyState } from '../../core/profile/state.ts';
import { ownerOf } from '../../core/reconciliation/journal.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { ledgerEvents } from '../../stores/lake/ledger-events.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { listPartitions, type Partition } from '../../stores/lake/partitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { countedSince } from '../../stores/rollups/read-counted.ts';

/** Profiles that one reconciliation makes again from the lake. */
const SAMPLE = 20;
/** Profiles whose history is longer are not sampled: reading it would take too long. */
const MAX_DAYS = 31;

/** So long after a profile has counted an event its batch is in the journal, unless the queue waits: then it changes, or is found the next time. */
const WRITTEN_DOWN_MS = 4_000;

/** A profile that is not what its events in the lake make. */
export interface DifferingProfile {
  readonly ledger: Ledger;
  /** Events of the lake that it was made of. */
  readonly events: number;
}

/** Some ledgers of the newest hours, at random. */
export async function sampleLedgers(
  env: Env,
  partitions: readonly Partition[],
  random: () => number,
): Promise<Ledger[]> {
  const found = new Set<Ledger>();
  const files = partitions.flatMap(({ files }) => files);
  for (let tries = 0; tries < 4 && files.length > 0; tries += 1) {
    const file = files[Math.floor(random() * files.length)];
    const rows = file ? await readParquet(env, file.key, ['ledger']) : [];
    for (let pick = 0; pick < SAMPLE / 4 && rows.length > 0; pick += 1)
      found.add(String(rows[Math.floor(random() * rows.length)]?.ledger) as Ledger);
  }
  return [...found];
}

/**
 * Makes profiles again from all of their events in the lake, and compares them to the live ones, to the byte. One that has counted what is under way to
 * the lake still is neither right nor wrong: it is not compared.
 *
 * @param underWayFrom what was counted from then on may not be in the lake as it was read, ms since 1970.
 */
export async function compareProfiles(
  env: Env,
  site: string,
  ledgers: readonly Ledger[],
  partitions: readonly Partition[],
  underWayFrom: number,
): Promise<{ readonly compared: number; readonly differing: DifferingProfile[] }> {
  const live = new Map<Ledger, string>();
  for (const ledger of ledgers) live.set(ledger, await profileStub(env, site, ledger).exportState());
  const spans = [...live.values()].map((text) => JSON.parse(text).at as [number, number]);
  const short = ledgers.filter((_, index) => {
    const [first = 0, last = 0] = spans[index] ?? [];
    return last - first <= MAX_DAYS * DAY_MS;
  });
  if (short.length === 0) return { compared: 0, differing: [] };
  // From where the window begins, or the oldest of these profiles.
  const first = Math.min(...spans.map(([from]) => Math.floor((from || Number.POSITIVE_INFINITY) / HOUR_MS)));
  const older = await listPartitions(env, site, Number.isFinite(first) ? first : 0, (partitions[0]?.hour ?? 0) - 1);
  const events = await eventsOf(env, site, short, [...older, ...partitions]);
  const other = short.filter((ledger) => stateOf(env, events.get(ledger) ?? []) !== live.get(ledger));
  const busy = await busyAmong(env, site, other, live, events, underWayFrom);
  const differing = other.filter((ledger) => !busy.has(ledger));
  return {
    compared: short.length - busy.size,
    differing: differing.map((ledger) => ({ ledger, events: events.get(ledger)?.length ?? 0 })),
  };
}

/** Those of which something is on its way to the lake: they have changed since, or the journal has an event of theirs that was not there. */
async function busyAmong(
  env: Env,
  site: string,
  ledgers: readonly Ledger[],
  live: ReadonlyMap<Ledger, string>,
  events: ReadonlyMap<string, readonly RawEvent[]>,
  underWayFrom: number,
): Promise<ReadonlySet<Ledger>> {
  const busy = new Set<Ledger>();
  if (ledgers.length === 0) return busy;
  // A profile counts an event before its batch is written down.
  await scheduler.wait(WRITTEN_DOWN_MS);
  const owners = new Map(ledgers.map((ledger) => [ledger, ownerOf(hashLedger(site, ledger))]));
  const counted = await countedSince(env, site, underWayFrom, new Set(owners.values()));
  for (const ledger of ledgers) {
    const there = new Set(events.get(ledger)?.map(({ id }) => id));
    const isUnderWay = counted.some(({ owner, id }) => owner === owners.get(ledger) && !there.has(id));
    if (isUnderWay || (await profileStub(env, site, ledger).exportState()) !== live.get(ledger)) busy.add(ledger);
  }
  return busy;
}

/** The state that events make, as canonical text; without history, which no profile counts. */
export function stateOf(env: Env, events: readonly RawEvent[]): string {
  const state = emptyState();
  for (const event of events) if (!isHistory(event)) foldEvent(state, event, Number(env.DEDUP_HORIZON_DAYS));
  return encodeState(state);
}

/** The events of ledgers in the files of partitions, by ledger. */
export async function eventsOf(
  env: Env,
  site: string,
  ledgers: readonly Ledger[],
  partitions: readonly Partition[],
): Promise<Map<string, RawEvent[]>> {
  const found: RawEvent[] = [];
  for (const { files } of partitions)
    for (const file of files) found.push(...(await ledgerEvents(env, site, file, ledgers)));
  return Map.groupBy(found, ({ ledger }) => ledger);
}
