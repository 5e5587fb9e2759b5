import type { Followed } from './advance.ts';

/** The version of the stored form; a reader refuses what is newer than it knows. */
const STANDINGS_VERSION = 1;

interface StoredFollowed {
  v: number;
  at: number | null;
  segments: [name: string, version: number, member: 0 | 1, since: number, turns: number][];
}

/** Where a profile stands, as text; equal standings give equal bytes. */
export function encodeStandings({ at, standings }: Followed): string {
  const stored: StoredFollowed = {
    v: STANDINGS_VERSION,
    at,
    segments: [...standings]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { version, member, since, turns }]) => [name, version, member ? 1 : 0, since, turns]),
  };
  return JSON.stringify(stored);
}

/** Reads what `encodeStandings` wrote. Throws when it was written by a newer version. */
export function decodeStandings(text: string): Followed {
  const stored: StoredFollowed = JSON.parse(text);
  if (stored.v !== STANDINGS_VERSION)
    throw new Error(`standings have version ${stored.v}, this code reads ${STANDINGS_VERSION}`);
  return {
    at: stored.at,
    standings: new Map(
      stored.segments.map(([name, version, member, since, turns]) => [
        name,
        { version, member: member === 1, since, turns },
      ]),
    ),
  };
}
