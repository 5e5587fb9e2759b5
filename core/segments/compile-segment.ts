import type { Condition } from '../cel/condition.ts';
import { compileSegmentCondition, type VersionedSegment } from './definition.ts';

/** A definition made ready to evaluate. */
export interface CompiledSegment {
  readonly name: string;
  readonly version: number;
  readonly condition: Condition;
  /** Names of the attributes that it depends on. */
  readonly attributes: readonly string[];
}

/** Compiles a definition. Throws when its condition does not compile, which the schema has ruled out. */
export function compileSegment({ name, version, definition }: VersionedSegment): CompiledSegment {
  const compiled = compileSegmentCondition(definition.condition);
  if (!compiled.ok) throw new Error(`condition "${definition.condition}" does not compile: ${compiled.error.message}`);
  const attributes = [...new Set(compiled.condition.members.map((member) => member.name))];
  return { name, version, condition: compiled.condition, attributes };
}
