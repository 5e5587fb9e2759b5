import type { References, SchemaNode } from './document.ts';
import { subschemas } from './document.ts';

/** Deepest place of an event's properties that is looked at. */
const DEEPEST = 32;
/** Schemas that are asked of the places along one way into an event, at most. */
const MAX_ASKED = 5_000;
/** A schema that cannot be asked even so deep is refused. */
const LEAST_DEPTH = 4;

/**
 * How deep the events may nest that a schema is asked of, so that it costs no more than `MAX_ASKED` schemas along each way down: a schema that refers
 * to itself in two alternatives asks twice as much with each level.
 *
 * @returns the levels, 32 where any event may come; or a fault in words.
 */
export function askableDepth(
  root: SchemaNode,
  references: References,
): { readonly depth: number } | { readonly fault: string } {
  const known = new Map<SchemaNode, number[]>();
  const open = new Set<SchemaNode>();
  let fault: string | undefined;
  const askedOf = (node: SchemaNode, depth: number): number => {
    if (typeof node === 'boolean' || fault) return 1;
    const byDepth = known.get(node) ?? [];
    known.set(node, byDepth);
    const held = byDepth[depth];
    if (held !== undefined) return held;
    if (open.has(node)) {
      fault = 'the schema refers to itself at the same place, without going deeper';
      return 1;
    }
    open.add(node);
    let asked = 1;
    const target = typeof node.$ref === 'string' ? references.find(node.$ref, node) : undefined;
    if (target !== undefined) asked += askedOf(target, depth);
    for (const { node: inner, place } of subschemas(node)) {
      if (place === 'same') asked += askedOf(inner, depth);
      else if (place === 'below' && depth > 0) {
        // What is open here may be asked again a level below.
        const here = new Set(open);
        open.clear();
        asked += askedOf(inner, depth - 1);
        for (const one of here) open.add(one);
      }
    }
    open.delete(node);
    byDepth[depth] = Math.min(asked, Number.MAX_SAFE_INTEGER);
    return byDepth[depth];
  };
  let depth = DEEPEST;
  while (depth >= LEAST_DEPTH && askedOf(root, depth) > MAX_ASKED && !fault) depth -= 1;
  if (fault) return { fault };
  if (depth < LEAST_DEPTH)
    return {
      fault: `more than ${MAX_ASKED} schemas would be asked of one event; use fewer alternatives, or fewer references`,
    };
  return { depth };
}
