/** Values of a property that are remembered, to tell a list of values from free text. */
const MAX_VALUES = 24;
/** A list of values is believed when each was seen so often on average. */
const SEEN_PER_VALUE = 25;
/** So many times something must have been there before it is called required. */
const ENOUGH = 30;
/** Levels and members that are looked at; what is beyond may be anything. */
const MAX_DEPTH = 6;
const MAX_MEMBERS = 200;
/** With 95 % confidence something that never happened in n cases happens in fewer than this part by n (Hanley and Lippman-Hand, 1983). */
const RULE_OF_THREE = 3;

/** Formats that a text may have, each with what tells it. */
const FORMATS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['uri', /^https?:\/\/[^\s]{1,2000}$/],
  ['email', /^[^\s@]{1,64}@[^\s@]{1,190}\.[a-z]{2,24}$/i],
  ['uuid', /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i],
];

type TypeName = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

/** What was seen at a place of events of one type. */
export class Seen {
  count = 0;
  readonly types = new Map<TypeName, number>();
  readonly values = new Map<string, number>();
  formats: ReadonlySet<string> = new Set(FORMATS.map(([name]) => name));
  lowest = Number.POSITIVE_INFINITY;
  readonly members = new Map<string, Seen>();
  elements: Seen | undefined;
  readonly #depth: number;

  constructor(depth = 0) {
    this.#depth = depth;
  }

  /** Takes note of a value, as JSON.parse gives it. */
  add(value: unknown): void {
    this.count += 1;
    const type = typeOf(value);
    this.types.set(type, (this.types.get(type) ?? 0) + 1);
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'number') this.lowest = Math.min(this.lowest, value);
    else if (Array.isArray(value)) for (const one of value) this.#addElement(one);
    else if (typeof value === 'object' && value !== null && this.#depth < MAX_DEPTH)
      for (const [name, one] of Object.entries(value)) this.#addMember(name, one);
  }

  #addText(text: string): void {
    if (this.values.size <= MAX_VALUES)
      this.values.set(text.slice(0, 128), (this.values.get(text.slice(0, 128)) ?? 0) + 1);
    if (this.formats.size > 0)
      this.formats = new Set(
        FORMATS.filter(([name, pattern]) => this.formats.has(name) && pattern.test(text)).map(([name]) => name),
      );
  }

  #addElement(value: unknown): void {
    if (this.#depth >= MAX_DEPTH) return;
    this.elements ??= new Seen(this.#depth + 1);
    this.elements.add(value);
  }

  #addMember(name: string, value: unknown): void {
    const known = this.members.get(name);
    if (!known && this.members.size >= MAX_MEMBERS) return;
    const member = known ?? new Seen(this.#depth + 1);
    this.members.set(name, member);
    member.add(value);
  }
}

/** A property of an inferred schema: how often it was there, and what is said of it with which confidence. */
export interface InferredProperty {
  /** E.g. `products[].price`. */
  readonly path: string;
  readonly types: string;
  /** Part of the events, or of what it stands in, that had it. */
  readonly present: number;
  readonly required: boolean;
  /** At most this part of the events does otherwise, with 95 % confidence. */
  readonly exceptionsBelow: number;
}

/** A schema of 2020-12 that what was seen keeps to, open for more, and what it was made from. */
export function inferSchema(seen: Seen): {
  readonly schema: Record<string, unknown>;
  readonly properties: readonly InferredProperty[];
} {
  const properties: InferredProperty[] = [];
  const body = schemaOf(seen, '', properties);
  return { schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...body }, properties };
}

function schemaOf(seen: Seen, path: string, properties: InferredProperty[]): Record<string, unknown> {
  const schema: Record<string, unknown> = { type: typeNamesOf(seen) };
  if (seen.types.has('object')) {
    const required: string[] = [];
    const members: [string, unknown][] = [];
    const objects = seen.types.get('object') ?? 0;
    for (const [name, member] of [...seen.members].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const isRequired = member.count === objects && objects >= ENOUGH;
      if (isRequired) required.push(name);
      const at = path ? `${path}.${name}` : name;
      properties.push({
        path: at,
        types: [typeNamesOf(member)].flat().join(' | '),
        present: member.count / objects,
        required: isRequired,
        exceptionsBelow: Math.min(1, RULE_OF_THREE / member.count),
      });
      members.push([name, schemaOf(member, at, properties)]);
    }
    schema.properties = Object.fromEntries(members);
    if (required.length > 0) schema.required = required;
  }
  if (seen.elements) schema.items = schemaOf(seen.elements, `${path}[]`, properties);
  const texts = seen.types.get('string') ?? 0;
  if (texts === seen.count && isListOfValues(seen, texts)) schema.enum = [...seen.values.keys()].sort();
  else if (texts >= ENOUGH) for (const format of [...seen.formats].slice(0, 1)) schema.format = format;
  const numbers = (seen.types.get('integer') ?? 0) + (seen.types.get('number') ?? 0);
  if (numbers >= ENOUGH && seen.lowest >= 0) schema.minimum = 0;
  return schema;
}

function isListOfValues({ values }: Seen, texts: number): boolean {
  return values.size > 1 && values.size <= MAX_VALUES / 2 && texts >= values.size * SEEN_PER_VALUE;
}

/** The types that were seen; whole numbers are numbers where others came too. */
function typeNamesOf({ types }: Seen): TypeName | TypeName[] {
  const names = [...types.keys()].filter((name) => name !== 'integer' || !types.has('number')).sort();
  return names.length === 1 && names[0] ? names[0] : names;
}

function typeOf(value: unknown): TypeName {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as TypeName;
}
