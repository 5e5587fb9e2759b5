import type { OutputUnit } from '@cfworker/json-schema';

/** Faults that one event is told, at most. */
const MAX_FAULTS = 5;
/** Characters of a name in a place. */
const MAX_NAME = 64;
const MISSING = /^Instance does not have required property "(.*)"\.$/s;
/** Characters of what an error quotes. */
const MAX_QUOTED = 160;

/** Keywords whose own line only says that something inside failed. */
const AROUND: ReadonlySet<string> = new Set([
  ...[
    'properties',
    'patternProperties',
    'additionalProperties',
    'unevaluatedProperties',
    'items',
    'prefixItems',
    'additionalItems',
  ],
  ...['unevaluatedItems', 'allOf', '$ref', 'if', 'dependentSchemas', 'propertyNames'],
]);
/** Keywords that failed because of several schemas inside, none of which is the reason by itself. */
const AS_A_WHOLE: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'not', 'contains']);

/**
 * What is wrong with an instance, a line a place: `properties.products.0.price: expected number, but it is string`.
 *
 * @param units what the validator found, from the root down.
 * @param root the name of the instance.
 */
export function faultsOf(units: readonly OutputUnit[], root: string): string[] {
  const faults = new Map<string, string>();
  const whole: string[] = [];
  for (const unit of units) {
    if (whole.some((location) => unit.keywordLocation.startsWith(`${location}/`))) continue;
    if (AS_A_WHOLE.has(unit.keyword) && !isGuard(unit)) whole.push(unit.keywordLocation);
    if (AROUND.has(unit.keyword)) continue;
    const missing = MISSING.exec(unit.error)?.[1];
    // What must not be there is a fault of what it stands in: its name may be anything.
    const isUnwanted = unit.keyword === 'false';
    const location = isUnwanted ? unit.instanceLocation.replace(/\/[^/]*$/, '') : unit.instanceLocation;
    const place = placeOf(location, root, missing);
    const said = isGuard(unit)
      ? 'longer than what this is asked of'
      : isUnwanted
        ? unwanted(unit.instanceLocation)
        : wordsOf(unit);
    if (said && !faults.has(`${place}: ${said}`)) faults.set(`${place}: ${said}`, `${place}: ${said}`);
    if (faults.size === MAX_FAULTS) break;
  }
  return [...faults.values()];
}

/** Whether what failed is that a text or a list is too long for its keyword to be asked (`boundedSchema`). */
function isGuard({ keyword, keywordLocation }: OutputUnit): boolean {
  return keyword === 'not' && keywordLocation.endsWith('/else/not');
}

function placeOf(location: string, root: string, missing?: string): string {
  const parts = location
    .split('/')
    .slice(1)
    .map((part) => decode(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  return [root, ...parts, ...(missing === undefined ? [] : [missing])].map((part) => part.slice(0, MAX_NAME)).join('.');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function unwanted(location: string): string {
  const name = location.split('/').slice(1).at(-1);
  return name === undefined ? 'nothing may be here' : `"${decode(name).slice(0, MAX_NAME)}" must not be there`;
}

/** The validator's sentence, as an error of ours says it. */
function wordsOf({ keyword, error }: OutputUnit): string | undefined {
  if (keyword === 'then' || keyword === 'else') return undefined;
  const said = error
    .replace(
      /^Instance type "(\w+)" is invalid\. Expected (.*)\.$/,
      (_, is: string, expected: string) =>
        `expected ${expected.replaceAll('"', '').replaceAll(',', ' or')}, but it is ${is}`,
    )
    .replace(MISSING, 'is required, and missing')
    .replace(/^Instance does not match any of /, 'expected one of ')
    .replace(/^Instance does not match any subschemas\.$/, 'matches none of the schemas that it may match')
    .replace(/^Instance does not match exactly one subschema/, 'must match exactly one of the schemas')
    .replace(/^Instance does not match /, 'expected ')
    .replace(/^Instance matched "not" schema\.$/, 'matches what it must not')
    .replace(/^Instance has /, 'has ')
    .replace(/^String /, 'the text ')
    .replace(/^Array /, 'the list ')
    .replace(/\.$/, '');
  return said.length > MAX_QUOTED ? `${said.slice(0, MAX_QUOTED)}…` : said;
}
