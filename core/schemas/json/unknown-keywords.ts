import { type SchemaNode, subschemas } from './document.ts';

const KEYWORDS: readonly string[] = [
  ...[
    '$schema',
    '$id',
    '$ref',
    '$anchor',
    '$defs',
    '$comment',
    'definitions',
    'title',
    'description',
    'default',
    'examples',
  ],
  ...['type', 'enum', 'const', 'required', 'properties', 'patternProperties', 'additionalProperties', 'propertyNames'],
  ...[
    'unevaluatedProperties',
    'unevaluatedItems',
    'minProperties',
    'maxProperties',
    'dependentRequired',
    'dependentSchemas',
  ],
  ...[
    'dependencies',
    'items',
    'prefixItems',
    'additionalItems',
    'contains',
    'minContains',
    'maxContains',
    'minItems',
    'maxItems',
  ],
  ...[
    'uniqueItems',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'multipleOf',
    'minLength',
    'maxLength',
  ],
  ...[
    'pattern',
    'format',
    'allOf',
    'anyOf',
    'oneOf',
    'not',
    'if',
    'then',
    'else',
    'deprecated',
    'readOnly',
    'writeOnly',
  ],
];

/** Keywords that JSON Schema does not know and that look like one that it does, as `requird`: they would say nothing. Names with a dot or `x-` are a tool's own. */
export function misspeltKeywords(root: SchemaNode): string[] {
  const faults: string[] = [];
  const walk = (node: SchemaNode, pointer: string) => {
    if (typeof node === 'boolean') return;
    for (const keyword of Object.keys(node)) {
      if (KEYWORDS.includes(keyword) || keyword.startsWith('x-') || keyword.includes('.')) continue;
      const meant = KEYWORDS.find((known) => distance(known.toLowerCase(), keyword.toLowerCase()) <= 2);
      if (meant) faults.push(`${pointer || '#'}/${keyword}: says nothing; did you mean "${meant}"?`);
    }
    for (const inner of subschemas(node)) walk(inner.node, `${pointer}${inner.pointer}`);
  };
  walk(root, '');
  return faults;
}

/** How many letters must be changed, added or left out to make one word of the other (Levenshtein, 1966). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
      );
    row = next;
  }
  return row[b.length] ?? 3;
}
