import type { CompiledSegment } from './compile-segment.ts';
import { evaluateSegments, type SegmentInputs } from './evaluate-segments.ts';
import { type Standings, type Transition, transitions } from './transitions.ts';

/** How far a profile's segments have been followed. */
export interface Followed {
  /** ms since 1970; null before the first evaluation. */
  readonly at: number | null;
  readonly standings: Standings;
}

export interface Advanced extends Followed {
  readonly at: number;
  readonly transitions: Transition[];
  /** When to advance again if no event comes, ms since 1970. */
  readonly nextChangeAt: number | null;
}

/**
 * Follows the segments through time with unchanged inputs: each transition carries the moment at which a window ended or a
 * `passed()` turned, however late this is called. A definition that is new, changed or gone takes effect at `toMs`. Time never goes
 * back: an earlier `toMs` is where it already was.
 */
export function advance(
  segments: readonly CompiledSegment[],
  inputs: SegmentInputs,
  from: Followed,
  toMs: number,
): Advanced {
  const to = Math.max(toMs, from.at ?? toMs);
  const known = segments.filter(({ name, version }) => from.standings.get(name)?.version === version);
  const made: Transition[] = [];
  let standings = from.standings;
  let at: number | null = from.at;
  while (at !== null && known.length > 0) {
    const { nextChangeAt } = evaluateSegments(known, inputs, at);
    if (nextChangeAt === null || nextChangeAt > to) break;
    at = nextChangeAt;
    const step = evaluateAt(known, inputs, standings, at, at);
    standings = step.standings;
    made.push(...step.transitions);
  }
  const end = evaluateAt(segments, inputs, standings, to, to);
  const gone = leaveGone(segments, end.standings, to);
  return {
    at: to,
    standings: gone.standings,
    transitions: [...made, ...end.transitions, ...gone.transitions],
    nextChangeAt: end.nextChangeAt,
  };
}

/** Evaluates at a time, and stamps what changed with another: that of the event that changed it. */
export function evaluateAt(
  segments: readonly CompiledSegment[],
  inputs: SegmentInputs,
  standings: Standings,
  nowMs: number,
  stampMs: number,
): { standings: Standings; transitions: Transition[]; nextChangeAt: number | null } {
  const { memberships, nextChangeAt } = evaluateSegments(segments, inputs, nowMs);
  return { ...transitions(standings, memberships, segments, stampMs), nextChangeAt };
}

/** A profile leaves the segments that are not defined any more, and their standing is forgotten. */
function leaveGone(
  segments: readonly CompiledSegment[],
  standings: Standings,
  atMs: number,
): { standings: Standings; transitions: Transition[] } {
  const defined = new Set(segments.map(({ name }) => name));
  const gone = [...standings].filter(([name]) => !defined.has(name)).map(([name, { version }]) => ({ name, version }));
  const left = transitions(standings, [], gone, atMs);
  const kept = [...left.standings].filter(([name]) => defined.has(name));
  return { standings: new Map(kept), transitions: left.transitions };
}
