import type { SchemaDraft } from '@cfworker/json-schema';
import type { SchemaNode } from './document.ts';

const DRAFTS: readonly (readonly [said: RegExp, draft: SchemaDraft])[] = [
  [/json-schema\.org\/draft-07\/schema#?$/, '7'],
  [/json-schema\.org\/draft\/2019-09\/schema#?$/, '2019-09'],
  [/json-schema\.org\/draft\/2020-12\/schema#?$/, '2020-12'],
];

/** The draft by which a schema is read: the one that `$schema` names, or 2020-12; nothing where it names another. */
export function draftOf(schema: SchemaNode): SchemaDraft | undefined {
  const said = typeof schema === 'object' ? schema.$schema : undefined;
  if (said === undefined) return '2020-12';
  return DRAFTS.find(([name]) => name.test(String(said)))?.[1];
}
