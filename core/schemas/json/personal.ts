import { type References, type SchemaNode, subschemas } from './document.ts';

/** Says that a value is a person's own: `"email": { "type": "string", "x-personal": true }`. */
export const PERSONAL = 'x-personal';
/** Confluent's word for the same: `"confluent:tags": ["PII"]`. */
const TAGS = 'confluent:tags';
const PERSONAL_TAGS: ReadonlySet<unknown> = new Set(['PII', 'PERSONAL', 'SENSITIVE', 'PHI']);

/** A step down from a value: to the member of a name, or to every one but some. */
type Step = string | { readonly butFor: ReadonlySet<string> };
/** The way from the root to a personal value. */
export type PersonalPlace = readonly Step[];

const MAX_PLACES = 500;
const MAX_STEPS = 20_000;
const MAX_DEPTH = 32;
const ANY: Step = { butFor: new Set() };

/** Where a schema says that values are personal, whichever of its branches holds. A schema beyond all measure is personal as a whole. */
export function personalPlaces(root: SchemaNode, references: References): PersonalPlace[] {
  const places: PersonalPlace[] = [];
  const pending: [node: SchemaNode, place: PersonalPlace, refs: number][] = [[root, [], 0]];
  for (let steps = 0; pending.length > 0; steps += 1) {
    if (steps > MAX_STEPS || places.length > MAX_PLACES) return [[]];
    const [node, place, refs] = pending.pop() as (typeof pending)[number];
    if (typeof node === 'boolean' || place.length > MAX_DEPTH) continue;
    if (isPersonal(node)) {
      places.push(place);
      continue;
    }
    const referred = typeof node.$ref === 'string' && refs < MAX_DEPTH ? references.find(node.$ref, node) : undefined;
    if (referred !== undefined) pending.push([referred, place, refs + 1]);
    for (const inner of subschemas(node)) {
      if (inner.place === 'same') pending.push([inner.node, place, refs + 1]);
      const step = inner.place === 'below' ? stepOf(node, inner.pointer) : undefined;
      if (step !== undefined) pending.push([inner.node, [...place, step], 0]);
    }
  }
  return places;
}

function isPersonal(node: Exclude<SchemaNode, boolean>): boolean {
  const tags = node[TAGS];
  return node[PERSONAL] === true || (Array.isArray(tags) && tags.some((tag) => PERSONAL_TAGS.has(tag)));
}

/** The step that a keyword makes; nothing for names, which are no values. */
function stepOf(node: Exclude<SchemaNode, boolean>, pointer: string): Step | undefined {
  const [, keyword = '', name = ''] = pointer.split('/');
  if (keyword === 'properties') return name.replaceAll('~1', '/').replaceAll('~0', '~');
  if (keyword === 'propertyNames') return undefined;
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties')
    return { butFor: new Set(Object.keys((node.properties as object | undefined) ?? {})) };
  return ANY;
}

/** What stands in the place of a personal value. */
export const MASK = '[personal]';

/** A value without its personal parts: what is at one of the places is masked, whatever it holds. */
export function masked(value: unknown, places: readonly PersonalPlace[]): unknown {
  if (places.length === 0 || value === undefined) return value;
  if (places.some((place) => place.length === 0)) return MASK;
  if (typeof value !== 'object' || value === null) return value;
  const inner = (name: string, held: unknown) =>
    masked(
      held,
      places.flatMap(([step, ...rest]) => (leads(step as Step, name) ? [rest] : [])),
    );
  if (Array.isArray(value)) return value.map((held, index) => inner(String(index), held));
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, inner(name, held)]));
}

function leads(step: Step, name: string): boolean {
  return typeof step === 'string' ? step === name : !step.butFor.has(name);
}

/** Whether a value holds the mask anywhere: it was read by somebody who may not see it, and is not to be written back. */
export function holdsMask(value: unknown): boolean {
  if (typeof value === 'string') return value === MASK;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsMask);
}

/**
 * What is told of an event's faults without what they quote of personal values.
 *
 * @param message faults as `properties.email: …; properties.total: …`
 * @param places from `properties` down
 */
export function maskedFaults(message: string, places: readonly PersonalPlace[]): string {
  if (places.length === 0) return message;
  const faults = message.split(/; (?=[\w-]+[.:])/);
  const first = faults.findIndex((fault) => isTold(fault, places));
  if (first < 0) return message;
  // What a value holds may look like the next fault.
  const [path = 'properties'] = /^properties(?:\.[^\s:;.]+)*/.exec(faults[first] ?? '') ?? [];
  return [...faults.slice(0, first), `${path}: ${MASK}, and not what it must be`].join('; ');
}

function isTold(fault: string, places: readonly PersonalPlace[]): boolean {
  const [, path = ''] = /^properties((?:\.[^\s:;.]+)*)(?:: |$)/.exec(fault) ?? [];
  if (path === '') return fault.startsWith('properties');
  const names = path.split('.').slice(1);
  return places.some((place) => touches(place, names));
}

/** Whether a fault at a place may quote a personal value: it is one, stands in one, or holds one. */
function touches(place: PersonalPlace, names: readonly string[]): boolean {
  return place.every((step, at) => at >= names.length || leads(step, names[at] ?? ''));
}
