import type { ContentModel } from './json/comparison.ts';
import { type Incompatibility, incompatibilities, type RegisteredSchema } from './registered-schema.ts';

/**
 * What a new version of a schema must be able to do, by the names of Confluent's registry: read what was written with the last version (`BACKWARD`), be
 * read by who has that one (`FORWARD`), or both (`FULL`); with all versions where it is transitive.
 */
export const LEVELS = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type Level = (typeof LEVELS)[number];

/** What holds where nothing was decided. */
export const DEFAULT_LEVEL: Level = 'BACKWARD';

/** An earlier version of a subject. */
export interface Earlier {
  readonly version: number;
  readonly schema: RegisteredSchema;
}

/** Where a new schema does not go together with an earlier version. */
export interface Conflict extends Incompatibility {
  readonly version: number;
  /** Whether the new schema cannot read the old data, or who has the old one cannot read the new data. */
  readonly direction: 'BACKWARD' | 'FORWARD';
}

/** Incompatibilities that an answer names. */
const MAX_CONFLICTS = 20;

/**
 * What keeps a schema from being the next version.
 *
 * @param earlier versions, oldest first.
 */
export function conflictsWith(
  next: RegisteredSchema,
  earlier: readonly Earlier[],
  level: Level,
  contentModel: ContentModel,
): Conflict[] {
  if (level === 'NONE') return [];
  const asked = level.endsWith('_TRANSITIVE') ? earlier.toReversed() : earlier.slice(-1);
  const conflicts: Conflict[] = [];
  for (const { version, schema } of asked) {
    if (!level.startsWith('FORWARD'))
      for (const found of incompatibilities(schema, next, contentModel))
        conflicts.push({ ...found, version, direction: 'BACKWARD' });
    if (!level.startsWith('BACKWARD'))
      for (const found of incompatibilities(next, schema, contentModel))
        conflicts.push({ ...found, version, direction: 'FORWARD' });
    if (conflicts.length >= MAX_CONFLICTS) break;
  }
  return conflicts.slice(0, MAX_CONFLICTS);
}

/** A conflict in a sentence, for who wrote the schema. */
export function conflictText({ rule, path, mend, version, direction }: Conflict): string {
  const what =
    direction === 'BACKWARD'
      ? `what was right by version ${version} may be wrong by the new schema`
      : `what is right by the new schema may be wrong for who still has version ${version}`;
  return `${path}: ${rule}: ${what}. Mend: ${mend}.`;
}
