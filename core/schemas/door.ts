import { z } from 'zod';
import { boundedInput } from '../cel/bounded-input.ts';
import { type Condition, conditionCompiler } from '../cel/condition.ts';
import type { SchemaViolation } from '../events/schema-door.ts';
import { CONSTRAINT_FUNCTIONS } from './constraint-functions.ts';
import type { JsonSchema } from './json/read-schema.ts';

const compile = conditionCompiler({ properties: 'map<string, dyn>' }, [], CONSTRAINT_FUNCTIONS);

const MAX_CONSTRAINTS = 20;

/** A rule over the values of an event that no schema can say. */
const constraintSchema = z
  .object({
    name: z
      .string()
      .regex(/^[A-Za-z][\w.-]{0,63}$/, 'must start with a letter and be 1–64 letters, digits, "_", "." or "-"'),
    condition: z
      .string()
      .max(2_048)
      .meta({ description: 'In CEL, over `properties`; also isCurrency, linesTotal, near.' }),
    message: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'What a refusal says; default: the condition.' }),
  })
  .superRefine(({ condition }, context) => {
    const compiled = compile(condition);
    if (compiled.ok) return;
    const { line, column, message } = compiled.error;
    context.addIssue({ code: 'custom', path: ['condition'], message: `line ${line}, column ${column}: ${message}` });
  });
export type Constraint = z.infer<typeof constraintSchema>;

/** What happens to events at the door that their schema does not take. */
export const DOOR_MODES = ['off', 'watch', 'refuse'] as const;

/** How the events of a type are checked when they come in. */
export const doorSchema = z.object({
  mode: z.enum(DOOR_MODES).default('off').meta({ description: '`watch` counts what `refuse` would refuse.' }),
  version: z.int().min(1).nullable().default(null).meta({ description: 'The version that holds; null is the newest.' }),
  constraints: z.array(constraintSchema).max(MAX_CONSTRAINTS).default([]),
});
export type Door = z.infer<typeof doorSchema>;

/** What the events of a type must be. */
export interface DoorRule {
  readonly door: Door;
  /** The version of the schema that holds, and the schema; nothing where only constraints do. */
  readonly version: number;
  readonly schema: JsonSchema | undefined;
}

/** Checks events of a type: by the schema, and only when that takes them by the constraints. */
export function doorOf({
  door,
  version,
  schema,
}: DoorRule): (properties: Readonly<Record<string, unknown>>) => SchemaViolation | undefined {
  const constraints = door.constraints.flatMap((constraint) => {
    const compiled = compile(constraint.condition);
    return compiled.ok ? [{ ...constraint, compiled: compiled.condition }] : [];
  });
  const isWatched = door.mode === 'watch';
  return (properties) => {
    const faults = schema?.faults(properties, 'properties') ?? [];
    if (faults.length === 0 && constraints.length > 0) {
      const input = { properties: boundedInput(properties) };
      for (const { name, message, condition, compiled } of constraints) {
        const fault = faultOf(compiled, input);
        if (fault !== undefined)
          faults.push(`constraints.${name}: ${message ?? `must hold: ${condition}`}${fault && ` (${fault})`}`);
      }
    }
    return faults.length === 0 ? undefined : { message: faults.join('; '), version, isWatched };
  };
}

/** Nothing where a constraint holds, or speaks of a member that is not there: that is for the schema to say. Else why it could not tell, if so. */
function faultOf(condition: Condition, input: Readonly<Record<string, unknown>>): string | undefined {
  const verdict = condition.evaluate(input, 0);
  if (verdict.holds || verdict.lacksMember) return undefined;
  return verdict.error ?? '';
}
