import type { SchemaNode } from './document.ts';
import type { Rule } from './rules.ts';

/** How properties that a schema does not name are meant. */
export const CONTENT_MODELS = ['AS_WRITTEN', 'CLOSED_PRODUCERS'] as const;
export type ContentModel = (typeof CONTENT_MODELS)[number];

/** What compares two schemas at a place, and goes on below. */
export interface Comparison {
  readonly contentModel: ContentModel;
  add(rule: Rule, path: string): void;
  /** Compares what data of `from` are for `to`. */
  compare(from: SchemaNode, to: SchemaNode, path: string): void;
  /** Whether data of `from` are right for `to`. */
  accepts(from: SchemaNode, to: SchemaNode): boolean;
}
