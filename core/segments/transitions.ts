import type { Membership } from './evaluate-segments.ts';

/** Where a profile stands with a segment that was evaluated for it. */
export interface Standing {
  readonly version: number;
  readonly member: boolean;
  /** When it last entered or left, ms since 1970; 0 before. */
  readonly since: number;
  /** How often it has entered or left. */
  readonly turns: number;
}

/** By segment. */
export type Standings = ReadonlyMap<string, Standing>;

/** An enter or leave. With site and profile before it, `id` is unique, and a retry from what is stored makes the same one. */
export interface Transition {
  readonly id: string;
  readonly segment: string;
  readonly version: number;
  readonly direction: 'enter' | 'leave';
  /** Event time: when the window ended or the event happened, ms since 1970; never before the segment's last transition. */
  readonly at: number;
}

/**
 * What changed at a time: who was out and is in `after` enters, who was in and is not leaves. Changes none of its arguments.
 *
 * @param evaluated the segments that `after` is an evaluation of; others stay as they stand.
 */
export function transitions(
  before: Standings,
  after: readonly Membership[],
  evaluated: readonly { readonly name: string; readonly version: number }[],
  atMs: number,
): { standings: Standings; transitions: Transition[] } {
  const members = new Set(after.map(({ segment }) => segment));
  const standings = new Map(before);
  const made: Transition[] = [];
  for (const { name, version } of evaluated) {
    const stood = before.get(name) ?? { member: false, since: 0, turns: 0 };
    const member = members.has(name);
    if (member === stood.member) {
      standings.set(name, { ...stood, version });
      continue;
    }
    const at = Math.max(atMs, stood.since);
    const turns = stood.turns + 1;
    standings.set(name, { version, member, since: at, turns });
    made.push({ id: `${name}.${version}.${turns}`, segment: name, version, direction: member ? 'enter' : 'leave', at });
  }
  return { standings, transitions: made };
}
