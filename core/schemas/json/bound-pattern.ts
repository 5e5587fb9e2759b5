import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/** Steps that a pattern may take at worst on one text. */
const MAX_STEPS = 20_000_000;
/** Texts of events are no longer. */
export const MAX_TEXT = 32_768;

const parser = new RegExpParser({ ecmaVersion: 2024 });

/**
 * Up to how many characters a pattern may be asked of a text: a pattern with n repetitions without an end takes, where it fails, up to lengthⁿ
 * steps, and once more length where it may begin anywhere. What takes exponentially many (a repetition or a choice inside of a repetition, or a
 * reference back) is a fault in words.
 */
export function boundPattern(source: string): { readonly maxLength: number } | { readonly fault: string } {
  let pattern: AST.Pattern;
  try {
    new RegExp(source, 'u');
    pattern = parser.parsePattern(source, 0, source.length, { unicode: true });
  } catch (error) {
    return { fault: `not a regular expression: ${error instanceof Error ? error.message : String(error)}` };
  }
  let fault: string | undefined;
  let repetitions = 0;
  const open: AST.Quantifier[] = [];
  const isEndless = ({ max }: AST.Quantifier) => max > MANY;
  visitRegExpAST(pattern, {
    onQuantifierEnter(node) {
      if (open.some(isEndless) && node.min !== node.max)
        fault ??= `"${node.raw}" repeats inside of a repetition, which can take forever`;
      if (isEndless(node)) repetitions += 1;
      open.push(node);
    },
    onQuantifierLeave() {
      open.pop();
    },
    onGroupEnter: choice,
    onCapturingGroupEnter: choice,
    onBackreferenceEnter({ raw }) {
      fault ??= `"${raw}" refers back, which can take forever`;
    },
  });
  if (fault) return { fault };
  const begins = pattern.alternatives.every(
    ({ elements: [first] }) => first?.type === 'Assertion' && first.kind === 'start',
  );
  const degree = repetitions + (begins ? 0 : 1);
  return { maxLength: degree <= 1 ? MAX_TEXT : Math.min(MAX_TEXT, Math.floor(MAX_STEPS ** (1 / degree))) };

  function choice({ alternatives, raw }: AST.Group | AST.CapturingGroup) {
    const isPlain = alternatives.every(({ elements }) => elements.length === 1 && elements[0]?.type === 'Character');
    const isDistinct = new Set(alternatives.map((one) => one.raw)).size === alternatives.length;
    if (alternatives.length > 1 && open.some(isEndless) && !(isPlain && isDistinct))
      fault ??= `"${raw}" is a choice inside of a repetition, which can take forever; write it as [..] or give the repetition an end of at most ${MANY}`;
  }
}

/** From this many on, a repetition is as good as one without an end. */
const MANY = 8;
