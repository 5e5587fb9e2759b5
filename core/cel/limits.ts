/** What one condition may cost; the product of these bounds the steps of an evaluation, whatever the input. */
export const CEL_LIMITS = {
  /** Characters of a condition. */
  sourceLength: 2_048,
  /** Nodes of its syntax tree. */
  astNodes: 256,
  /** Nesting of its syntax tree. */
  depth: 24,
  /** Elements of a list literal. */
  listElements: 100,
  /** Entries of a map literal. */
  mapEntries: 20,
  /** Arguments of a call. */
  callArguments: 4,
  /** Elements of a list or members of a map that a condition sees of its input. */
  inputMembers: 200,
  /** Characters of a text that a condition sees of its input. */
  inputTextLength: 1_024,
  /** Levels of its input that a condition sees. */
  inputDepth: 8,
} as const;
