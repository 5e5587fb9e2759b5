/** Names that a condition may use, by variable. */
export interface Names {
  readonly visitor: readonly string[];
  readonly context: readonly string[];
  readonly item: readonly string[];
  readonly segments: readonly string[];
  readonly attributes: readonly string[];
}

/** What may stand in place of the text from `from` to `to`. */
export interface Completion {
  readonly from: number;
  readonly to: number;
  readonly options: readonly string[];
}

const MAX_OPTIONS = 12;

/** What a condition may go on with at the caret: variables, or behind a dot the names of one. Nothing inside a text, and nothing that stands there whole. */
export function completionAt(
  source: string,
  caret: number,
  names: Names,
  variables: readonly (keyof Names)[],
): Completion | undefined {
  const before = source.slice(0, caret);
  if (isInText(before)) return undefined;
  const member = /(?:^|[^\w.])([A-Za-z_]\w*)\.(\w*)$/.exec(before);
  const word = member ? (member[2] ?? '') : (/(?:^|[^\w.])([A-Za-z_]\w*)$/.exec(before)?.[1] ?? '');
  if (!member && word === '') return undefined;
  const variable = variables.find((one) => one === member?.[1]);
  const all = member ? (variable ? names[variable] : []) : variables;
  const fitting = all.filter((one) => one.toLowerCase().includes(word.toLowerCase()) && one !== word);
  const options = fitting
    .toSorted((a, b) => Number(b.startsWith(word)) - Number(a.startsWith(word)) || a.localeCompare(b))
    .slice(0, MAX_OPTIONS);
  return options.length === 0 ? undefined : { from: caret - word.length, to: caret, options };
}

function isInText(before: string): boolean {
  let quote = '';
  for (let at = 0; at < before.length; at += 1) {
    const one = before[at] ?? '';
    if (one === '\\') at += 1;
    else if (quote === '' && (one === '"' || one === "'")) quote = one;
    else if (one === quote) quote = '';
  }
  return quote !== '';
}
