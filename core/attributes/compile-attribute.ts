import type { Condition } from '../cel/condition.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { type Aggregate, type VersionedAttribute, windowMinutesOf } from './definition.ts';
import { compileEventCondition, meets } from './event-condition.ts';

/** A definition made ready to fold and read. */
export interface CompiledAttribute {
  readonly name: string;
  readonly version: number;
  readonly aggregate: Aggregate;
  readonly windowMinutes: number;
  /** As in the definition. */
  readonly since: number;
  readonly filled: boolean;
  /** Whether an event is of those that count, whenever it happened. */
  takes(event: EnrichedEvent): boolean;
  /** What is aggregated of an event. */
  valueOf(event: EnrichedEvent): unknown;
}

/** Compiles a definition. Throws when its condition does not compile, which the schema has ruled out. */
export function compileAttribute({
  name,
  version,
  since,
  filled = false,
  definition,
}: VersionedAttribute): CompiledAttribute {
  const types = new Set([definition.event].flat());
  const where = definition.where === undefined ? undefined : conditionOf(definition.where);
  const [root, ...path] = definition.property?.split('.') ?? [];
  return {
    name,
    version,
    since,
    filled,
    aggregate: definition.aggregate,
    windowMinutes: windowMinutesOf(definition.window),
    takes: (event) => types.has(event.type) && (!where || meets(where, event)),
    valueOf: (event) => memberAt(rootOf(event, root), path),
  };
}

function conditionOf(source: string): Condition {
  const compiled = compileEventCondition(source);
  if (!compiled.ok) throw new Error(`condition "${source}" does not compile: ${compiled.error.message}`);
  return compiled.condition;
}

function rootOf(event: EnrichedEvent, root: string | undefined): unknown {
  if (root === 'context') return event.context;
  return root === 'campaign' ? event.campaign : event.properties;
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}
