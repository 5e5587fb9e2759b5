import type { ASTNode } from '@marcbachmann/cel-js';

/** The nodes directly below a node of a CEL syntax tree. */
function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  collect(node.args, found);
  return found;
}

/** Calls `visit` for the node and all below it, parents first; what `visit` returns goes along to the children. */
export function walk<T>(node: ASTNode, inherited: T, visit: (node: ASTNode, inherited: T) => T): void {
  const own = visit(node, inherited);
  for (const child of childrenOf(node)) walk(child, own, visit);
}

function collect(value: unknown, found: ASTNode[]): void {
  if (Array.isArray(value)) for (const member of value) collect(member, found);
  else if (isNode(value)) found.push(value);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
