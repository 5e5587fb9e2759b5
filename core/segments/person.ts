import type { CompiledAttribute } from '../attributes/compile-attribute.ts';
import { readAttribute } from '../attributes/read-attribute.ts';
import type { AttributeStates } from '../attributes/state.ts';
import type { AttributeView, SegmentView } from '../attributes/views.ts';
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
  /** Events that were counted while nobody could say what is defined; they are folded once somebody can. */
  waiting: readonly WaitingEvent[];
}

/** A counted event that attributes and segments have not seen yet, with its client. */
export interface WaitingEvent {
  readonly event: EnrichedEvent;
  readonly client: Client | undefined;
}

/** Events that wait at most, the newest by their time, and their size in characters. */
const WAITING_CAPS = { events: 500, characters: 512 * 1024 } as const;

/** Transitions that a profile remembers, and that wait to be handed on. */
const TRANSITION_CAPS = { recent: 50, outbox: 200 } as const;

/** Nothing followed yet. */
export function emptyFollowing(): Following {
  return {
    states: new Map(),
    client: null,
    followed: { at: null, standings: new Map() },
    nextChangeAt: null,
    recent: [],
    outbox: [],
    waiting: [],
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

/** Lets events wait, in place; beyond the caps the oldest by event time are not folded any more. */
export function letWait(following: Following, events: readonly WaitingEvent[]): void {
  const all = [...following.waiting, ...events].sort(
    (a, b) => b.event.time - a.event.time || (a.event.id < b.event.id ? -1 : 1),
  );
  let characters = 0;
  following.waiting = all.slice(0, WAITING_CAPS.events).filter((one) => {
    characters += JSON.stringify(one).length;
    return characters <= WAITING_CAPS.characters;
  });
}

/** Takes what following brought into the stored following, in place. */
export function takeAdvanced(following: Following, advanced: Advanced, notifies: boolean): void {
  const { at, standings, nextChangeAt, transitions: made } = advanced;
  following.followed = { at, standings };
  following.nextChangeAt = nextChangeAt;
  following.recent = [...made.toReversed(), ...following.recent].slice(0, TRANSITION_CAPS.recent);
  if (notifies) following.outbox = [...following.outbox, ...made].slice(-TRANSITION_CAPS.outbox);
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
