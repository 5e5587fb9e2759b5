import { z } from 'zod';
import { type Compiled, conditionCompiler } from '../cel/condition.ts';
import { CEL_LIMITS } from '../cel/limits.ts';
import { SEGMENT_CAPS } from './limits.ts';

/**
 * Compiles a condition of a segment: `attributes` (by name; absent when no event lies in the window), `lastAt` (the time of an
 * attribute's newest event, equally), `traits` and `context`. It depends on the attributes that it names.
 */
export const compileSegmentCondition: (source: string) => Compiled = conditionCompiler(
  {
    attributes: 'map<string, dyn>',
    lastAt: 'map<string, google.protobuf.Timestamp>',
    traits: 'map<string, dyn>',
    context: 'map<string, dyn>',
  },
  ['attributes', 'lastAt'],
);

/** What a site says about a segment. */
export const segmentSchema = z
  .strictObject({
    condition: z.string().min(1).max(CEL_LIMITS.sourceLength).meta({
      description:
        'CEL over `attributes`, `lastAt`, `traits`, `context`, e.g. `attributes.views_24h >= 3 && !("orders_24h" in attributes)`.',
    }),
    description: z.string().max(SEGMENT_CAPS.description).optional(),
  })
  .superRefine(({ condition }, context) => {
    const compiled = compileSegmentCondition(condition);
    if (compiled.ok) return;
    const { message, line, column } = compiled.error;
    context.addIssue({
      code: 'custom',
      path: ['condition'],
      message: `${message} (line ${line}, column ${column})`,
      params: { position: compiled.error },
    });
  });
export type SegmentDefinition = z.infer<typeof segmentSchema>;

/** A definition that is in force under its name. */
export interface VersionedSegment {
  readonly name: string;
  readonly version: number;
  readonly definition: SegmentDefinition;
}
