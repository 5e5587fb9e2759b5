import type { ASTNode } from '@marcbachmann/cel-js';
import type { Fault } from './refuse-costly.ts';
import { walk } from './syntax-tree.ts';

/** A member of a map that a condition names, and where. */
export interface NamedMember {
  readonly name: string;
  readonly offset: number;
}

/**
 * The members that a condition names of the maps `variables`: `map.name`, `map.?name`, `map["name"]` and `"name" in map`. Any other
 * use of such a map is a fault, since then nobody could say what the condition depends on.
 */
export function namedMembers(root: ASTNode, variables: readonly string[]): { members: NamedMember[]; faults: Fault[] } {
  const members: NamedMember[] = [];
  const faults: Fault[] = [];
  const named = new Set<ASTNode>();
  const isMap = (node: ASTNode) => node.op === 'id' && variables.includes(node.args);
  const note = (map: ASTNode, name: unknown) => {
    if (!isMap(map) || typeof name !== 'string') return;
    named.add(map);
    members.push({ name, offset: map.start });
  };
  walk(root, undefined, (node) => {
    if (node.op === '.' || node.op === '.?') note(node.args[0], node.args[1]);
    else if (node.op === '[]' || node.op === '[?]') note(node.args[0], literalOf(node.args[1]));
    else if (node.op === 'in') note(node.args[1], literalOf(node.args[0]));
    else if (isMap(node) && !named.has(node)) {
      const map = String(node.args);
      faults.push({ message: `write ${map}.name, ${map}.?name or "name" in ${map}`, offset: node.start });
    }
    return undefined;
  });
  return { members, faults };
}

function literalOf(node: ASTNode): unknown {
  return node.op === 'value' ? node.args : undefined;
}
