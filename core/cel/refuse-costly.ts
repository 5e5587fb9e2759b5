import type { ASTNode } from '@marcbachmann/cel-js';
import { walk } from './syntax-tree.ts';

/** Walks a list: its cost is the list's length, so none may stand inside another. */
const MACROS = ['exists', 'exists_one', 'all', 'filter'];

/**
 * What a condition may call. Left out are functions that make large values out of small ones (`map`, `join`, `split`), regular
 * expressions (`matches` runs in the platform's engine, which can backtrack without end) and what depends on a time zone's tables.
 */
const FUNCTIONS = new Set([
  ...MACROS,
  ...['has', 'size', 'int', 'double', 'string', 'bool', 'timestamp', 'duration', 'passed'],
  ...['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim', 'orValue', 'hasValue'],
]);

/** A place in a condition and what is wrong there. */
export interface Fault {
  readonly message: string;
  /** Characters from the start of the condition. */
  readonly offset: number;
}

/**
 * The first call in the tree that a condition may not make; nothing when its cost is bounded.
 *
 * @param further functions of this kind of condition.
 */
export function refuseCostly(root: ASTNode, further: readonly string[] = []): Fault | undefined {
  const faults: Fault[] = [];
  walk(root, false, (node, insideMacro) => {
    if (node.op !== 'call' && node.op !== 'rcall') return insideMacro;
    const name = node.args[0];
    if (!FUNCTIONS.has(name) && !further.includes(name)) {
      faults.push({
        message: `${name}() is not available; there are: ${[...FUNCTIONS, ...further].sort().join(', ')}`,
        offset: node.start,
      });
    }
    const isMacro = MACROS.includes(name);
    if (isMacro && insideMacro)
      faults.push({ message: `${name}() stands inside another walk over a list`, offset: node.start });
    return insideMacro || isMacro;
  });
  return faults[0];
}
