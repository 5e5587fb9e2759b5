import type { CompiledAttribute } from '../attributes/compile-attribute.ts';
import { readAttribute } from '../attributes/read-attribute.ts';
import { type AttributeStates, newestAt } from '../attributes/state.ts';
import { boundedInput } from '../cel/bounded-input.ts';
import { MINUTE_MS } from '../time.ts';
import type { CompiledSegment } from './compile-segment.ts';
import { SEGMENT_CAPS } from './limits.ts';

/** What segments are decided by. Between events only time changes it. */
export interface SegmentInputs {
  readonly attributes: readonly CompiledAttribute[];
  readonly states: AttributeStates;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
}

/** A segment that a profile is in. */
export interface Membership {
  readonly segment: string;
  readonly version: number;
}

export interface Evaluation {
  /** In the order of the segments. */
  readonly memberships: Membership[];
  /**
   * When to look again if no event comes, ms since 1970: at the first moment at which a membership changes, since no window and no
   * `passed()` turns before it. Null when nothing changes any more. When a look ahead is at its bound, an earlier moment.
   */
  readonly nextChangeAt: number | null;
}

/** Which segments a profile is in at a time (ms since 1970), and when that changes by itself. */
export function evaluateSegments(
  segments: readonly CompiledSegment[],
  inputs: SegmentInputs,
  nowMs: number,
): Evaluation {
  const now = evaluateAt(segments, inputs, nowMs);
  let mayChangeAt = now.mayChangeAt;
  for (let step = 0; step < SEGMENT_CAPS.lookAhead && mayChangeAt !== null; step += 1) {
    const later = evaluateAt(segments, inputs, mayChangeAt);
    if (!sameMemberships(later.memberships, now.memberships)) break;
    mayChangeAt = later.mayChangeAt;
  }
  return { memberships: now.memberships, nextChangeAt: mayChangeAt };
}

/** The memberships at one time, and the next time at which anything that they depend on turns. */
function evaluateAt(
  segments: readonly CompiledSegment[],
  inputs: SegmentInputs,
  nowMs: number,
): { memberships: Membership[]; mayChangeAt: number | null } {
  const read = readAll(segments, inputs, nowMs);
  const input = {
    attributes: read.attributes,
    lastAt: read.lastAt,
    traits: boundedInput(inputs.traits ?? {}),
    context: boundedInput(inputs.context ?? {}),
  };
  let mayChangeAt = read.mayChangeAt;
  const memberships = segments.filter(({ condition }) => {
    const { holds, changesAt } = condition.evaluate(input, nowMs);
    mayChangeAt = earlier(mayChangeAt, changesAt);
    return holds;
  });
  return { memberships: memberships.map(({ name, version }) => ({ segment: name, version })), mayChangeAt };
}

function readAll(segments: readonly CompiledSegment[], { attributes, states }: SegmentInputs, nowMs: number) {
  const needed = new Set(segments.flatMap((segment) => segment.attributes));
  const values: Record<string, unknown> = {};
  const lastAt: Record<string, Date> = {};
  let mayChangeAt: number | null = null;
  for (const attribute of attributes) {
    const entry = needed.has(attribute.name) ? states.get(attribute.name) : undefined;
    if (entry?.version !== attribute.version) continue;
    const { value, changesAtMinute } = readAttribute(entry.state, attribute, nowMs);
    if (value === undefined) continue;
    values[attribute.name] = value;
    lastAt[attribute.name] = new Date(newestAt(entry.state));
    mayChangeAt = earlier(mayChangeAt, changesAtMinute === null ? null : changesAtMinute * MINUTE_MS);
  }
  return { attributes: values, lastAt, mayChangeAt };
}

function sameMemberships(a: readonly Membership[], b: readonly Membership[]): boolean {
  return a.length === b.length && a.every(({ segment }, index) => segment === b[index]?.segment);
}

function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
