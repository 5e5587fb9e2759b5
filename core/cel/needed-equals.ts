import type { ASTNode } from '@marcbachmann/cel-js';

/** That a member of a map is this text. */
export interface Equals {
  readonly member: string;
  readonly text: string;
}

/**
 * What of a map a condition needs: it holds only where one of these is so. Nothing where that cannot be told. Taken from `map.member ==
 * "text"`, `map.member in ["text", …]` and what `&&` and `||` make of them (a necessary predicate, as rule systems index their rules by).
 */
export function neededEquals(node: ASTNode, map: string): readonly Equals[] | undefined {
  switch (node.op) {
    case '==':
      return equalTo(node.args[0], [node.args[1]], map) ?? equalTo(node.args[1], [node.args[0]], map);
    case 'in':
      return node.args[1].op === 'list' ? equalTo(node.args[0], node.args[1].args, map) : undefined;
    case '&&': {
      const known = node.args.flatMap((side) => {
        const needed = neededEquals(side, map);
        return needed ? [needed] : [];
      });
      return known.sort((a, b) => a.length - b.length)[0];
    }
    case '||': {
      const known = node.args.map((side) => neededEquals(side, map));
      return known.includes(undefined) ? undefined : known.flatMap((needed) => needed ?? []);
    }
    default:
      return undefined;
  }
}

function equalTo(node: ASTNode, values: readonly ASTNode[], map: string): readonly Equals[] | undefined {
  const member = memberOf(node, map);
  if (member === undefined) return undefined;
  const found: Equals[] = [];
  for (const { op, args } of values) {
    if (op !== 'value' || typeof args !== 'string') return undefined;
    found.push({ member, text: args });
  }
  return found;
}

function memberOf({ op, args }: ASTNode, map: string): string | undefined {
  if (op !== '.' && op !== '[]') return undefined;
  const [from, name] = args;
  if (from.op !== 'id' || from.args !== map) return undefined;
  if (typeof name === 'string') return name;
  return name.op === 'value' && typeof name.args === 'string' ? name.args : undefined;
}
