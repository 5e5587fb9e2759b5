import { createHash } from 'node:crypto';
import { HOUR_MS } from '../time.ts';
import type { DataFile, ManifestEntry } from './manifest.ts';
import { TABLE_SCHEMA } from './table-schema.ts';

/** Grows when manifests of the same files are to be written anew. */
const FORM = 1;

/** A manifest that is written, with what it was made of. */
export interface KeptManifest extends ManifestEntry {
  /** Of event time, e.g. `2026-11`. */
  readonly month: string;
  readonly of: string;
}

/** A month whose manifest is to be written. */
export interface DueManifest {
  readonly month: string;
  readonly of: string;
  readonly files: readonly DataFile[];
}

/** The manifests of a table by month: those that stay as they are, and those to be written. */
export function planManifests(
  files: readonly DataFile[],
  kept: readonly KeptManifest[],
): { readonly stay: readonly KeptManifest[]; readonly due: readonly DueManifest[] } {
  const before = new Map(kept.map((manifest) => [manifest.month, manifest]));
  const stay: KeptManifest[] = [];
  const due: DueManifest[] = [];
  for (const [month, own] of Map.groupBy(files, ({ hour }) => monthOf(hour))) {
    const of = madeOf(own);
    const there = before.get(month);
    if (there?.of === of) stay.push(there);
    else due.push({ month, of, files: own });
  }
  return { stay, due };
}

/** What of a written manifest is kept. `snapshot` is the one that brings it. */
export function keptManifest(
  { month, of, files }: DueManifest,
  path: string,
  bytes: number,
  snapshot: number,
): KeptManifest {
  const hours = files.map(({ hour }) => hour);
  return {
    month,
    of,
    path,
    bytes,
    files: files.length,
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    firstHour: hours.reduce((least, hour) => Math.min(least, hour), Number.POSITIVE_INFINITY),
    lastHour: hours.reduce((most, hour) => Math.max(most, hour), Number.NEGATIVE_INFINITY),
    snapshot,
  };
}

function monthOf(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString().slice(0, 7);
}

/** Files have their content's hash in their names: equal paths are equal files. */
function madeOf(files: readonly DataFile[]): string {
  const hash = createHash('sha256').update(JSON.stringify([FORM, TABLE_SCHEMA]));
  for (const { path, stats } of files) hash.update(`\n${path} ${stats ? 1 : 0}`);
  return hash.digest('hex').slice(0, 32);
}
