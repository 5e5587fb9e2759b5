/** The dyes of the range, as the shop names them and as they are drawn. */
export const COLOURS = {
  ink: { name: 'Ink', hex: '#2a2f3e' },
  navy: { name: 'Navy', hex: '#2b3f63' },
  cobalt: { name: 'Cobalt', hex: '#3655b5' },
  sky: { name: 'Sky', hex: '#a3bfd9' },
  denim: { name: 'Mid blue', hex: '#5b7ba3' },
  black: { name: 'Black', hex: '#26262a' },
  charcoal: { name: 'Charcoal', hex: '#4b4d54' },
  stone: { name: 'Stone', hex: '#b9b2a6' },
  ivory: { name: 'Ivory', hex: '#f1ebdd' },
  white: { name: 'White', hex: '#f8f7f4' },
  sand: { name: 'Sand', hex: '#d8c3a0' },
  camel: { name: 'Camel', hex: '#bd8e58' },
  cognac: { name: 'Cognac', hex: '#98582f' },
  chocolate: { name: 'Chocolate', hex: '#55382b' },
  rust: { name: 'Rust', hex: '#b0552f' },
  berry: { name: 'Berry', hex: '#8a2f4c' },
  rose: { name: 'Rose', hex: '#d9a1a0' },
  lilac: { name: 'Lilac', hex: '#b6a3cf' },
  butter: { name: 'Butter', hex: '#ecd88d' },
  saffron: { name: 'Saffron', hex: '#d99a2b' },
  sage: { name: 'Sage', hex: '#9aab8c' },
  olive: { name: 'Olive', hex: '#6b6b40' },
  forest: { name: 'Forest', hex: '#2f5444' },
  teal: { name: 'Teal', hex: '#2f7278' },
  red: { name: 'Poppy', hex: '#c43c35' },
} as const satisfies Record<string, { name: string; hex: string }>;

/** The key of a dye. */
export type Colour = keyof typeof COLOURS;
