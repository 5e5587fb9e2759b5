import type { LakeFile } from '../../core/lake/partition.ts';
import { cellOf, compareCell, type DriftingCell, differingCells } from '../../core/reconciliation/compare-cells.ts';
import { type JournalEntry, ownerOf } from '../../core/reconciliation/journal.ts';
import { hoursOf, idsOf, type Report } from '../../core/reconciliation/report.ts';
import { DAY_MS, HOUR_MS, isoHour } from '../../core/time.ts';
import { etagsOf } from '../../stores/lake/parquet-files.ts';
import { listPartitions, type Partition } from '../../stores/lake/partitions.ts';
import { log } from '../../stores/log.ts';
import { type Journal, readJournal, readRollups } from '../../stores/rollups/read-counted.ts';
import { compactSite } from '../compact/compact-site.ts';
import { RAW_GRACE_MS } from '../compact/sweep-lake.ts';
import { checkObjects } from './check-objects.ts';
import { compareProfiles, sampleLedgers } from './compare-profiles.ts';
import { compareStandings } from './compare-standings.ts';
import { entriesIn, knownRecounts, type Recount, recountFile } from './recount.ts';

/** Hours of event time that are compared: no event that still counts is older. */
const WINDOW_DAYS = 15;
/** A batch written so shortly before the lake was read may not have been in it yet. */
const UNDER_WAY_MS = 60_000;

/**
 * Holds what the stream counted against what the lake holds: compacts what has arrived, counts the Parquet files again, and compares by
 * hour and type; where they differ the journal tells which events. Compares some profiles to their events in the lake.
 *
 * @param deep compares event by event in every hour that the journal knows, not only where the counts differ.
 * @param deadline nothing further is begun after it; what was read is remembered, so that the next call gets further.
 * @returns nothing when it could not be finished in time.
 */
export async function reconcileSite(
  env: Env,
  site: string,
  { deep, deadline, random }: { readonly deep: boolean; readonly deadline: number; readonly random: () => number },
): Promise<Report | undefined> {
  const startedAt = Date.now();
  const { done } = await compactSite(env, site, Number.POSITIVE_INFINITY, deadline);
  if (!done) return undefined;
  const from = Math.floor((startedAt - WINDOW_DAYS * DAY_MS) / HOUR_MS);
  const to = Math.floor(startedAt / HOUR_MS);
  const partitions = await listPartitions(env, site, from, to);
  const counted = await recountAll(env, site, partitions, deadline);
  if (!counted) return undefined;
  const { lake, recounts, files, removed } = counted;
  const rollups = await readRollups(env, site, from, to);
  const journal = await readJournal(env, site, startedAt - UNDER_WAY_MS);
  const suspects = new Set(differingCells(rollups, lake));
  if (deep) for (const entry of journal.entries) suspects.add(cellOf(entry));
  const { drift, excused } = await explain(env, site, { suspects, rollups, lake, journal, files });
  const altered = recounts.flatMap(({ altered }) => altered);
  const objects = await checkObjects(env, site, startedAt - RAW_GRACE_MS);
  // With a file gone a profile cannot be what the lake makes.
  const profiles =
    removed.length > 0
      ? { compared: 0, differing: [] }
      : await compareProfiles(
          env,
          site,
          await sampleLedgers(env, partitions, random),
          partitions,
          startedAt - UNDER_WAY_MS,
        );
  const standings =
    removed.length > 0 ? { compared: 0, differing: [] } : await compareStandings(env, site, partitions, random);
  const double = recounts.flatMap(({ double }) => double);
  const faulty = drift.length + altered.length + double.length + objects.faults.length + removed.length;
  const report: Report = {
    v: 1,
    site,
    at: new Date(startedAt).toISOString(),
    verdict: faulty + profiles.differing.length + standings.differing.length === 0 ? 'ok' : 'drift',
    window: { from: isoHour(from), to: isoHour(to) },
    compared: { cells: new Set([...rollups.keys(), ...lake.keys()]).size, counted: sum(rollups), lake: sum(lake) },
    excused,
    drift: drift.map(({ hour, missing, unexpected, ...cell }) => ({
      ...cell,
      hour: isoHour(hour),
      drift: cell.counted - cell.lake,
      missing: idsOf(missing),
      unexpected: idsOf(unexpected),
    })),
    altered: hoursOf(altered),
    duplicated: hoursOf([...double, ...objects.duplicated]),
    objects: [
      ...removed.map((key) => ({ key, fault: 'removed' as const, hours: [] })),
      ...objects.faults.map(({ key, fault, entries }) => ({ key, fault, hours: hoursOf(entries) })),
    ],
    profiles,
    standings,
  };
  await env.DB.prepare('INSERT OR REPLACE INTO reconciliations (site, at, verdict, report) VALUES (?, ?, ?, ?)')
    .bind(site, startedAt, report.verdict, JSON.stringify(report))
    .run();
  log('reconciled', { site, verdict: report.verdict, cells: report.compared.cells, drifting: drift.length });
  return report;
}

/** Counts all files of the window, those that are known from memory. */
async function recountAll(env: Env, site: string, partitions: readonly Partition[], deadline: number) {
  const there = await etagsOf(env, site);
  const current = partitions.flatMap(({ files }) => files);
  const removed = current.filter(({ key }) => !there.has(key)).map(({ key }) => key);
  const files = current.flatMap((file) => {
    const etag = there.get(file.key);
    return etag === undefined ? [] : [{ ...file, etag }];
  });
  const known = await knownRecounts(env, site, files);
  const lake = new Map<string, number>();
  const recounts: Recount[] = [];
  for (const file of files) {
    const before = known.get(file.key);
    if (!before && Date.now() >= deadline) return undefined;
    const recount = before ?? (await recountFile(env, site, file));
    recounts.push(recount);
    for (const [cell, events] of Object.entries(recount.cells)) lake.set(cell, (lake.get(cell) ?? 0) + events);
  }
  return { lake, recounts, files, removed };
}

async function explain(
  env: Env,
  site: string,
  {
    suspects,
    rollups,
    lake,
    journal,
    files,
  }: {
    readonly suspects: ReadonlySet<string>;
    readonly rollups: ReadonlyMap<string, number>;
    readonly lake: ReadonlyMap<string, number>;
    readonly journal: Journal;
    readonly files: readonly LakeFile[];
  },
): Promise<{ readonly drift: DriftingCell[]; readonly excused: number }> {
  if (suspects.size === 0) return { drift: [], excused: 0 };
  const hours = new Set([...suspects].map((cell) => isoHour(Number(cell.split(' ')[0]))));
  const inHours = files.filter(({ key }) => hours.has(hourOfKey(key)));
  const held: JournalEntry[] = [];
  for (const { key } of inHours) held.push(...(await entriesIn(env, key, suspects)));
  const journalOf = Map.groupBy(journal.entries, cellOf);
  const heldIn = Map.groupBy(held, cellOf);
  const erased = await erasedOwners(env, site);
  const isErased = ({ owner, time }: JournalEntry) => time <= (erased.get(owner) ?? -1);
  const drift: DriftingCell[] = [];
  let excused = 0;
  for (const cell of [...suspects].sort()) {
    const counts = [rollups.get(cell) ?? 0, lake.get(cell) ?? 0] as const;
    const found = compareCell(cell, ...counts, {
      journal: journalOf.get(cell) ?? [],
      lake: heldIn.get(cell) ?? [],
      underWay: journal.underWay,
      isErased,
    });
    if (found) drift.push(found);
    excused += counts[0] - (found?.counted ?? counts[1]);
  }
  return { drift, excused };
}

function hourOfKey(key: string): string {
  const [, date, hour] = /date=([\d-]+)\/hour=(\d+)\//.exec(key) ?? [];
  return `${date}T${hour}:00:00.000Z`;
}

async function erasedOwners(env: Env, site: string): Promise<Map<string, number>> {
  const { results } = await env.DB.prepare('SELECT hash, erased_at FROM erased_ledgers WHERE site = ?')
    .bind(site)
    .all<{ hash: string; erased_at: number }>();
  return new Map(results.map(({ hash, erased_at }) => [ownerOf(hash), erased_at]));
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, events) => total + events, 0);
