import type { CompiledAttribute } from '../attributes/compile-attribute.ts';
import { readAttribute } from '../attributes/read-attribute.ts';
import type { AttributeStates } from '../attributes/state.ts';
import type { Choices } from '../consent/purposes.ts';
import type { Client, EnrichedEvent } from '../events/message.ts';
import { choicesOf } from '../profile/choices.ts';
import { byNewest, type Timed } from '../profile/newest.ts';
import type { ProfileState } from '../profile/state.ts';
import { usableTraits } from '../profile/traits.ts';
import type { Advanced, Followed } from './advance.ts';
import type { CompiledSegment } from './compile-segment.ts';
import type { SegmentInputs } from './evaluate-segments.ts';
import type { Transition } from './transitions.ts';

/** What a site has defined, made ready. */
export interface SiteDefinitions {
  readonly attributes: readonly CompiledAttribute[];
  readonly segments: readonly CompiledSegment[];
  /** Whether somebody is to be told of transitions. */
  readonly notifies: boolean;
}

/** The client of the newest event: what conditions see as `context`. */
export interface LastClient extends Timed {
  readonly client: Client;
}

/** What a profile keeps for attributes and segments, beside its state. */
export interface Following {
  readonly states: AttributeStates;
  client: LastClient | null;
  followed: Followed;
  /** When a segment changes if nothing happens, ms since 1970. */
  nextChangeAt: number | null;
  /** The newest transitions, newest first. */
  recent: readonly Transition[];
  /** Transitions that were made and not yet handed on. */
  outbox: readonly Transition[];
}

/** Transitions that a profile remembers, and that wait to be handed on. */
export const TRANSITION_CAPS = { recent: 50, outbox: 200 } as const;

/** Nothing followed yet. */
export function emptyFollowing(): Following {
  return {
    states: new Map(),
    client: null,
    followed: { at: null, standings: new Map() },
    nextChangeAt: null,
    recent: [],
    outbox: [],
  };
}

/** Keeps the client of the newest of these events, in place. */
export function foldClient(following: Following, client: Client, events: readonly EnrichedEvent[]): void {
  for (const { time, id } of events) {
    const candidate = { time, key: id, client };
    if (!following.client || byNewest(candidate, following.client) < 0) following.client = candidate;
  }
}

/** What a person's segments are decided by. Traits whose purpose he refused are not seen. */
export function inputsOf(
  definitions: SiteDefinitions,
  states: AttributeStates,
  person: ProfileState,
  client: LastClient | null,
): SegmentInputs {
  const choices = choicesOf(person.choices);
  return {
    attributes: definitions.attributes,
    states,
    traits: usableTraits(person.traits, (purpose) => mayUse(choices, purpose)),
    context: client?.client ?? {},
  };
}

/** Takes what following brought into what is kept, in place. */
export function keepAdvanced(following: Following, advanced: Advanced, notifies: boolean): void {
  const { at, standings, nextChangeAt, transitions: made } = advanced;
  following.followed = { at, standings };
  following.nextChangeAt = nextChangeAt;
  following.recent = [...made.toReversed(), ...following.recent].slice(0, TRANSITION_CAPS.recent);
  if (notifies) following.outbox = [...following.outbox, ...made].slice(-TRANSITION_CAPS.outbox);
}

/** What an attribute says now. */
export interface AttributeView {
  readonly value: number | string | boolean;
  /** Whether it is exact; else a cap was reached. */
  readonly exact: boolean;
}

/** A segment that a person is in, since when and why. */
export interface SegmentView {
  readonly since: number;
  readonly condition: string;
  /** The attributes that it was decided by. */
  readonly because: Readonly<Record<string, AttributeView['value'] | null>>;
}

/** Attributes by name, those with a value. `now` in ms since 1970. */
export function viewAttributes({ attributes, states }: SegmentInputs, now: number): Record<string, AttributeView> {
  const views: Record<string, AttributeView> = {};
  for (const attribute of attributes) {
    const entry = states.get(attribute.name);
    if (entry?.version !== attribute.version) continue;
    const { value, exact } = readAttribute(entry.state, attribute, now);
    if (value !== undefined)
      views[attribute.name] = { value: typeof value === 'bigint' ? Number(value) : value, exact };
  }
  return views;
}

/** The segments that a person is in, by name. */
export function viewSegments(
  { segments }: SiteDefinitions,
  { standings }: Followed,
  attributes: Readonly<Record<string, AttributeView>>,
): Record<string, SegmentView> {
  const views: Record<string, SegmentView> = {};
  for (const segment of segments) {
    const standing = standings.get(segment.name);
    if (!standing?.member) continue;
    const because = Object.fromEntries(segment.attributes.map((name) => [name, attributes[name]?.value ?? null]));
    views[segment.name] = { since: standing.since, condition: segment.condition.source, because };
  }
  return views;
}

function mayUse(choices: Choices | undefined, purpose: string): boolean {
  return choices === undefined || choices[purpose] !== false;
}
