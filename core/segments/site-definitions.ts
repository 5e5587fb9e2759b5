import { z } from 'zod';
import { compileAttribute } from '../attributes/compile-attribute.ts';
import { attributeSchema, nameSchema, type VersionedAttribute } from '../attributes/definition.ts';
import { type CompiledSegment, compileSegment } from './compile-segment.ts';
import { segmentSchema, type VersionedSegment } from './definition.ts';
import type { SiteDefinitions } from './person.ts';

/** A segment takes part from `since` on. */
export interface LoadedDefinitions extends SiteDefinitions {
  readonly segments: readonly (CompiledSegment & { readonly since: number })[];
}

const row = z.object({ name: nameSchema, version: z.int(), since: z.int(), definition: z.string() });
const attributeRow = row.extend({ filled: z.boolean().optional() }).transform(
  ({ definition, ...rest }): VersionedAttribute => ({
    ...rest,
    definition: attributeSchema.parse(JSON.parse(definition)),
  }),
);
const segmentRow = row.transform(({ definition, ...rest }): VersionedSegment & { since: number } => ({
  ...rest,
  definition: segmentSchema.parse(JSON.parse(definition)),
}));
const textSchema = z.object({
  attributes: z.array(attributeRow),
  segments: z.array(segmentRow),
  notifies: z.boolean(),
});

/** The text of definitions from what is stored of them; the same rows give the same text. */
export function formatDefinitions(stored: z.input<typeof textSchema>): string {
  return JSON.stringify(stored);
}

/** Makes definitions ready. Throws when the text was written by something else. */
export function parseDefinitions(text: string): LoadedDefinitions {
  const { attributes, segments, notifies } = textSchema.parse(JSON.parse(text));
  return {
    attributes: attributes.map(compileAttribute),
    segments: segments.map((segment) => ({ ...compileSegment(segment), since: segment.since })),
    notifies,
  };
}

/** The definitions that hold at a time: segments from when they are in force, attributes by their events' times. */
export function inForce(loaded: LoadedDefinitions, now: number): SiteDefinitions {
  if (loaded.segments.every(({ since }) => since <= now)) return loaded;
  return { ...loaded, segments: loaded.segments.filter(({ since }) => since <= now) };
}
