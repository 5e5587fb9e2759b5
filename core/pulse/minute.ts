import { addCount, type Counts } from './counts.ts';
import { mergeDistinct } from './distinct-sketch.ts';

/** What became of an event at the door, or in its profile. */
export const OUTCOMES = ['accepted', 'rejected', 'duplicate', 'conflicting', 'late', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is known of the values of a property in a minute. */
export interface PropertyTally {
  /** Events that had it, by what it was. */
  string: number;
  number: number;
  boolean: number;
  other: number;
  /** Texts that came, as far as they are few; null where they are too many to be names of something. */
  values: Record<string, number> | null;
  /** Numbers by size: in half octaves. Any two add up, so quantiles of any span can be told to a half octave. */
  sizes: Record<string, number>;
  /** About how many texts and numbers there were, as `distinct-sketch.ts` has them; absent without any, and of builds before. */
  distinct?: string | undefined;
}

/**
 * What came in a minute, as sums: any two can be added in any order. No person is in it; `examples` are ids of events.
 */
export interface MinuteTally {
  /** By name: `accepted`, `type|order_completed`, `rejected|late`, `browser|Firefox` … */
  counts: Counts;
  /** By `type|property`. */
  properties: Record<string, PropertyTally>;
  /** A few event ids by what is told of them: `missing|order_completed|total` … */
  examples: Record<string, string[]>;
  /** Some shapes of events by their type, as `core/anomalies/event-shape.ts` has them. */
  shapes?: Record<string, number[][]>;
}

/** Properties of a minute, and texts of a property, at most: what is beyond is left out. */
const MAX_PROPERTIES = 150;
const MAX_VALUES = 24;
/** Ids that are kept of what is so. */
export const MAX_EXAMPLES = 3;
const MAX_EXAMPLE_LISTS = 300;

export function emptyMinute(): MinuteTally {
  return { counts: {}, properties: {}, examples: {} };
}

/** Adds to a count of a minute. */
export function count(minute: MinuteTally, name: string, by = 1): void {
  addCount(minute.counts, name, by);
}

/** The tally of a property; nothing where there are too many. */
export function propertyOf(minute: MinuteTally, key: string): PropertyTally | undefined {
  const { properties } = minute;
  if (!Object.hasOwn(properties, key)) {
    if (Object.keys(properties).length >= MAX_PROPERTIES) return undefined;
    properties[key] = { string: 0, number: 0, boolean: 0, other: 0, values: {}, sizes: {} };
  }
  return properties[key];
}

/** Counts a text among a property's; from too many on it is none that names something. */
export function countValue(tally: PropertyTally, value: string, by = 1): void {
  // A name that every object has would count its members.
  if (!tally.values || value in Object.prototype) return;
  if (!Object.hasOwn(tally.values, value) && Object.keys(tally.values).length >= MAX_VALUES) tally.values = null;
  else tally.values[value] = (tally.values[value] ?? 0) + by;
}

export function addExample(minute: MinuteTally, about: string, eventId: string): void {
  const { examples } = minute;
  if (!Object.hasOwn(examples, about)) {
    if (Object.keys(examples).length >= MAX_EXAMPLE_LISTS) return;
    examples[about] = [];
  }
  const held = examples[about] as string[];
  if (held.length < MAX_EXAMPLES && !held.includes(eventId)) held.push(eventId);
}

/** Shapes of a type that a minute keeps, and types. */
const MAX_SHAPES = 12;
const MAX_SHAPED_TYPES = 8;

export function addShape(minute: MinuteTally, type: string, shape: readonly number[]): void {
  minute.shapes ??= {};
  const { shapes } = minute;
  if (!Object.hasOwn(shapes, type)) {
    if (Object.keys(shapes).length >= MAX_SHAPED_TYPES) return;
    shapes[type] = [];
  }
  const held = shapes[type] as number[][];
  if (held.length < MAX_SHAPES) held.push([...shape]);
}

/** Adds one minute's tally to another. */
export function addMinute(to: MinuteTally, from: MinuteTally): void {
  for (const [name, by] of Object.entries(from.counts)) count(to, name, by);
  for (const [key, own] of Object.entries(from.properties)) {
    const tally = propertyOf(to, key);
    if (!tally) continue;
    for (const kind of ['string', 'number', 'boolean', 'other'] as const) tally[kind] += own[kind];
    if (own.values) for (const [value, by] of Object.entries(own.values)) countValue(tally, value, by);
    else tally.values = null;
    for (const [size, by] of Object.entries(own.sizes)) tally.sizes[size] = (tally.sizes[size] ?? 0) + by;
    const distinct = mergeDistinct(tally.distinct, own.distinct);
    if (distinct !== undefined) tally.distinct = distinct;
  }
  for (const [type, shapes] of Object.entries(from.shapes ?? {})) for (const shape of shapes) addShape(to, type, shape);
  for (const [about, ids] of Object.entries(from.examples)) for (const id of ids) addExample(to, about, id);
}

/** The size of a number as a name: sign and half octave, e.g. `+9`. */
export function sizeOf(value: number): string {
  if (value === 0) return '0';
  return `${value < 0 ? '-' : '+'}${Math.floor(2 * Math.log2(Math.abs(value)))}`;
}

/** Where a size stands among others. */
export function sizeRank(size: string): number {
  if (size === '0') return 0;
  const rank = Number(size.slice(1)) + 3_000;
  return size.startsWith('-') ? -rank : rank;
}
